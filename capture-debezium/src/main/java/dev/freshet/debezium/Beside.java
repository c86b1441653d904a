package dev.freshet.debezium;

import dev.freshet.capture.SourceStatus.TableNote;
import dev.freshet.capture.SourceStatus.TableNote.Level;
import dev.freshet.capture.SourceTable;
import dev.freshet.capture.TableTroubles;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Brings tables that are left out of the stream back into it, one after the other: reads one {@link
 * SideRead beside it}, until that has what the stream has passed over.
 *
 * <pre>
 *   the stream, without the table   ----------------P----------
 *   the read                            S  ...  D       K
 * </pre>
 *
 * The table joins where its last change D is not behind P, where the stream stands, and the read
 * knows of all before K, which is not before P. One that cannot be read is nothing to the others,
 * and is tried again. The capture's task owns it.
 */
final class Beside {
  private final DebeziumSource source;
  private final Scheduler scheduler;
  private final Clock clock;
  private final Runnable wake;
  private final Queue<ChangeSet> ready = new ArrayDeque<>();
  private final TableTroubles troubles;
  private @Nullable SideRead read;

  /** The log may have parts of a read that has no end. */
  private boolean isHalf;

  /**
   * @param isHalf whether the log may have parts of a read that has no end
   * @param wake lets the capture's task go on
   */
  Beside(DebeziumSource source, Scheduler scheduler, Clock clock, boolean isHalf, Runnable wake) {
    this.source = source;
    this.scheduler = scheduler;
    this.clock = clock;
    this.troubles = new TableTroubles(clock);
    this.isHalf = isHalf;
    this.wake = wake;
  }

  /** The next change set for the log, or null. */
  @Nullable ChangeSet poll() {
    return ready.poll();
  }

  /** The log has taken a change set of it. */
  void taken(ChangeSet changes) {
    isHalf = changes.part() == Part.MORE;
  }

  /** Whether {@link #poll} may have something, which is to be taken before it goes on. */
  boolean isReady() {
    return !ready.isEmpty();
  }

  /** Gives up the read of a table that is not to be read now. */
  void giveUp(String table) {
    SideRead reading = read;
    if (reading != null && reading.table().equals(table)) {
      release();
    }
  }

  /** Ends what is read, and forgets what the log has not taken, also of a table that has joined. */
  void release() {
    SideRead reading = read;
    if (reading != null) {
      reading.close();
      read = null;
    }
    ready.clear();
  }

  /**
   * Goes on until something is ready, or for a bounded time.
   *
   * @param wanted tables that are to be read, by their names
   * @param stream where they are to come
   * @param endNanos when to leave it for the next time
   */
  void advance(Set<String> wanted, Assembler stream, long endNanos) throws InterruptedException {
    troubles.retain(wanted);
    SideRead reading = read;
    if (reading != null && !wanted.contains(reading.table())) {
      release();
    }
    if (isHalf && read == null) {
      ready.add(changeSet(stream, Part.RESTART, List.of()));
      return;
    }
    if (read == null) {
      begin(wanted, stream);
      return;
    }
    try {
      follow(read, stream, endNanos);
    } catch (RuntimeException e) {
      troubles.add(Set.of(read.table()), String.valueOf(read.error(e).getMessage()));
      release();
    }
  }

  private void begin(Set<String> wanted, Assembler stream) {
    for (String name : new TreeSet<>(wanted)) {
      SourceTable known = stream.table(name);
      if (known != null && !troubles.isWaiting(name)) {
        read = new SideRead(source, scheduler, clock, known, wake);
        ready.add(changeSet(stream, Part.MORE, List.of(TableBuffer.truncation(known))));
        return;
      }
    }
  }

  /** Lets the read come as far as the stream is, as long as nothing of it waits for the log. */
  private void follow(SideRead reading, Assembler stream, long endNanos)
      throws InterruptedException {
    while (ready.isEmpty() && !isFarEnough(reading, stream) && clock.nanos() - endNanos < 0) {
      boolean isMore =
          reading.advance(changes -> ready.add(changeSet(stream, Part.MORE, changes.tables())));
      if (!isMore) {
        return;
      }
    }
  }

  private static boolean isFarEnough(SideRead reading, Assembler stream) {
    Place at = stream.passed();
    Place known = reading.known();
    return at != null && known != null && !known.isBefore(at);
  }

  /** Whether the table of the read may join the stream where that stands. */
  boolean isThere(Assembler stream) {
    SideRead reading = read;
    Place at = stream.between();
    Place last = reading == null ? null : reading.last();
    return reading != null
        && ready.isEmpty()
        && at != null
        && last != null
        && isFarEnough(reading, stream)
        && !at.isBefore(last);
  }

  /**
   * The place that the stream has to pass, where that may be without any record of it: statements
   * that define tables have none for their end. Null when it is not so.
   */
  @Nullable Place awaited(Assembler stream) {
    SideRead reading = read;
    Place at = stream.passed();
    Place last = reading == null ? null : reading.last();
    return last != null && at != null && last.event() == 0 && at.isBefore(last) ? last : null;
  }

  /** Ends the read: {@link #isThere}. The stream has its table from here on. */
  void join(Assembler stream) {
    SideRead reading = read;
    if (reading == null) {
      return;
    }
    ready.add(changeSet(stream, Part.LAST, List.of()));
    stream.join(reading.shape());
    ready.add(stream.told());
    troubles.remove(Set.of(reading.table()));
    reading.close();
    read = null;
  }

  private ChangeSet changeSet(Assembler stream, Part part, List<TableChanges> tables) {
    long now = clock.wallMicros();
    return new ChangeSet(
        SideRead.name(source), stream.position().toBytes(), now, now, 0, part, tables);
  }

  /** How the tables are that are read, or cannot be. */
  List<TableNote> notes() {
    List<TableNote> notes = new ArrayList<>(troubles.notes());
    SideRead reading = read;
    if (reading != null) {
      notes.add(
          new TableNote(
              reading.table(),
              Level.NOTE,
              "is being read: %,d rows so far".formatted(reading.rows())));
    }
    return notes;
  }
}
