package dev.freshet.capture.http;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSetCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A log in memory that syncs when it is told to, or at once. */
final class FakeLog implements ChangeSink {
  enum Syncs {
    AT_ONCE,
    WHEN_TOLD
  }

  private final List<byte[]> records = new ArrayList<>();
  private final List<Long> times = new ArrayList<>();
  private int durable;
  private int firstKept;
  private Syncs syncs = Syncs.AT_ONCE;
  private boolean full;
  private Capture capture;
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile boolean held;
  private volatile boolean broken;

  synchronized void syncs(Syncs how) {
    syncs = how;
  }

  synchronized void full(boolean isFull) {
    full = isFull;
  }

  /** From now on an offer fails with a defect after its record was appended. */
  void breakAfterAppending() {
    broken = true;
  }

  void mend() {
    broken = false;
  }

  /** From now on an offer waits, as for a disk that does not answer. */
  void hold() {
    gate = new CountDownLatch(1);
  }

  /** Whether an offer waits. */
  boolean isHeld() {
    return held;
  }

  void release() {
    gate.countDown();
  }

  void follows(Capture running) {
    capture = running;
  }

  @Override
  public Answer offer(ChangeSet changes) {
    held = gate.getCount() > 0;
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    synchronized (this) {
      if (full) {
        return Answer.FULL;
      }
      ByteWriter out = new ByteWriter(256);
      ChangeSetCodec.write(out, changes);
      records.add(out.toByteArray());
      times.add(changes.ingestMicros());
    }
    if (syncs == Syncs.AT_ONCE) {
      sync();
    }
    if (broken) {
      throw new LinkageError("of the test");
    }
    return Answer.TAKEN;
  }

  void sync() {
    byte[] position;
    synchronized (this) {
      durable = records.size();
      position = read(durable - 1).position();
    }
    capture.acknowledged(position);
  }

  synchronized int size() {
    return records.size();
  }

  synchronized ChangeSet read(int index) {
    byte[] bytes = records.get(index);
    return ChangeSetCodec.read(new ByteReader(bytes, 0, bytes.length));
  }

  /** What a crash leaves: nothing that was not synced. */
  synchronized void crash() {
    while (records.size() > durable) {
      records.removeLast();
      times.removeLast();
    }
  }

  /** What a log loses that was put back to an earlier time. */
  synchronized void loseLast(int count) {
    for (int i = 0; i < count; i++) {
      records.removeLast();
      times.removeLast();
    }
    durable = records.size();
  }

  /** What a log does with records that nobody needs any more: its history begins after them. */
  synchronized void retire() {
    firstKept = records.size();
  }

  synchronized Resume resume() {
    if (records.isEmpty()) {
      return Resume.FROM_NOTHING;
    }
    return new Resume.After(
        read(records.size() - 1).position(),
        ChangeSet.Part.LAST,
        List.of(),
        (micros, reader) -> {
          for (int i = firstKept; i < records.size(); i++) {
            int index = i;
            if (times.get(i) >= micros) {
              reader.read(read(i).position(), times.get(i), () -> read(index));
            }
          }
        });
  }
}
