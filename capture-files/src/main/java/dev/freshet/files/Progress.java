package dev.freshet.files;

import dev.freshet.capture.SourceStatus.State;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.files.FilePosition.Outcome;
import java.util.concurrent.atomic.AtomicLong;

/** How a source is doing. Written by its task, read by all threads. */
final class Progress {
  private final AtomicLong rows = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private volatile State state = State.CONNECTING;
  private volatile String received = "";
  private volatile String acknowledged = "";
  private volatile String problem = "";
  private volatile long waitingBytes;
  private volatile long durableNumber;
  private volatile long lastMicros;

  void enter(State next) {
    state = next;
  }

  void delivered(ChangeSet changes, FilePosition position) {
    rows.addAndGet(changes.rowCount());
    lastMicros = changes.sourceMicros();
    received = text(position);
    if (position.outcome() != Outcome.READING) {
      bytes.addAndGet(position.file().bytes());
    }
  }

  void acknowledged(FilePosition position) {
    acknowledged = text(position);
    durableNumber = position.number();
  }

  /** The log has all up to this number. */
  void resumedAt(long number) {
    durableNumber = number;
  }

  /** The number of the last change set that is durable. */
  long durableNumber() {
    return durableNumber;
  }

  private static String text(FilePosition position) {
    return position.file().path() + " row " + position.place().row();
  }

  void problem(String text) {
    problem = text;
  }

  void waiting(long newBytes) {
    waitingBytes = newBytes;
  }

  State state() {
    return state;
  }

  String received() {
    return received;
  }

  String acknowledged() {
    return acknowledged;
  }

  String problem() {
    return problem;
  }

  long waitingBytes() {
    return waitingBytes;
  }

  long rows() {
    return rows.get();
  }

  long bytes() {
    return bytes.get();
  }

  long lastMicros() {
    return lastMicros;
  }
}
