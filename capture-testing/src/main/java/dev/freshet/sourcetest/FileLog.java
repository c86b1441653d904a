package dev.freshet.sourcetest;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSetCodec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A log in a file, of which a process that is killed leaves whole records, and perhaps a torn one.
 * One thread owns it.
 */
public final class FileLog implements ChangeSink, AutoCloseable {
  private final RandomAccessFile file;
  private final List<ChangeSet> records = new ArrayList<>();
  private volatile @Nullable Capture capture;

  public FileLog(Path path) throws IOException {
    file = new RandomAccessFile(path.toFile(), "rw");
    long end = 0;
    while (file.length() - end >= Integer.BYTES) {
      file.seek(end);
      int length = file.readInt();
      if (file.length() - end - Integer.BYTES < length) {
        break;
      }
      byte[] bytes = new byte[length];
      file.readFully(bytes);
      records.add(ChangeSetCodec.read(new ByteReader(bytes, 0, length)));
      end += Integer.BYTES + length;
    }
    file.setLength(end);
    file.seek(end);
  }

  /** Whom to tell that what it delivers is durable. */
  public void follows(Capture running) {
    capture = running;
  }

  public Resume resume() {
    if (records.isEmpty()) {
      return Resume.FROM_NOTHING;
    }
    ChangeSet last = records.getLast();
    return new Resume.After(last.position(), last.part(), List.of());
  }

  /** The change sets that count, in their order. */
  public List<ChangeSet> whole() {
    return WholeTransactions.of(records);
  }

  @Override
  public Answer offer(ChangeSet changes) {
    ByteWriter out = new ByteWriter(256);
    ChangeSetCodec.write(out, changes);
    try {
      file.writeInt(out.length());
      file.write(out.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Capture running = capture;
    if (running != null) {
      running.acknowledged(changes.position());
    }
    return Answer.TAKEN;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
