package dev.freshet.debezium;

import dev.freshet.capture.NotedTables;
import dev.freshet.capture.PausedTables;
import dev.freshet.core.error.FreshetException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What is wanted of single tables, and what of it the log says.
 *
 * <pre>
 *   paused             left out, and not to be read
 *   to be read anew    left out; when a position says so durably, the wish is in the log, and gone
 *   left out, neither  to be read
 * </pre>
 *
 * The capture's task owns it, but for {@link #durable}.
 */
final class Wishes {
  private final PausedTables paused;
  private final NotedTables anew;

  /** By the table that is to be read anew, the telling of the position that says so. */
  private final Map<String, Integer> told = new HashMap<>();

  /** The highest; kept over connections, as a position that leaves nothing out does not say it. */
  private int telling;

  private volatile int durable;

  /** What is to be left out, and was not when it was looked for last. */
  private boolean isDue;

  /**
   * @param position where the log ends, which is durable
   */
  Wishes(DebeziumSource source, Position position) {
    this.paused = source.paused();
    this.anew = source.anew().orElseGet(NotedTables::ofProcess);
    this.telling = position.telling();
    this.durable = position.telling();
  }

  /** All up to the change set of this position is durable. Safe for all threads. */
  void durable(Position position) {
    if (position.part() == 0) {
      durable = position.telling();
    }
  }

  /**
   * Where the stream begins: what is not captured any more is not left out either, and what is left
   * out was told.
   *
   * @param names the tables that are captured
   */
  Position connected(Set<String> names, Position position) {
    Set<String> leftOut = new HashSet<>(position.leftOut());
    leftOut.retainAll(names);
    told.clear();
    for (String table : anew.now()) {
      if (leftOut.contains(table)) {
        told.put(table, position.telling());
      }
    }
    return position.leavingOut(leftOut, position.telling());
  }

  /** Looks for what is to be left out of a stream. */
  void look(Set<String> names, Assembler stream) {
    Set<String> now = paused.now();
    Set<String> leftAlone = new HashSet<>(now);
    leftAlone.retainAll(names);
    isDue = !toTell(names).isEmpty() || !stream.leftOut().containsAll(leftAlone);
    if (!isDue && stream.position().isStreaming()) {
      paused.noticed(now);
    }
  }

  /** Whether {@link #apply} has something to do. */
  boolean isDue() {
    return isDue;
  }

  private Set<String> toTell(Set<String> names) {
    Set<String> wanted = new HashSet<>(anew.now());
    wanted.retainAll(names);
    wanted.removeAll(told.keySet());
    return wanted;
  }

  /**
   * Leaves out what is wanted so, between two transactions.
   *
   * @return the tables of which the log is to be told at once; their reads are void
   */
  Set<String> apply(Set<String> names, Assembler stream) {
    Set<String> now = paused.now();
    Set<String> wanted = toTell(names);
    Set<String> leftOut = new HashSet<>(now);
    leftOut.retainAll(names);
    leftOut.addAll(wanted);
    leftOut.addAll(stream.leftOut());
    telling += wanted.isEmpty() ? 0 : 1;
    stream.leaveOut(leftOut, telling);
    wanted.forEach(table -> told.put(table, telling));
    isDue = false;
    paused.noticed(now);
    return wanted;
  }

  /** The tables that are to be read now. */
  Set<String> wanted(Set<String> names, Assembler stream) {
    forgetDurable();
    Set<String> wanted = new HashSet<>(stream.leftOut());
    wanted.retainAll(names);
    wanted.removeAll(paused.now());
    wanted.removeAll(anew.now());
    return wanted;
  }

  private void forgetDurable() {
    Set<String> done = new HashSet<>();
    told.forEach((table, telling) -> {
      if (telling <= durable) {
        done.add(table);
      }
    });
    if (done.isEmpty()) {
      return;
    }
    try {
      anew.remove(done);
      told.keySet().removeAll(done);
    } catch (FreshetException e) {
      return; // the disk is full or hangs, and the log says so; it is tried again
    }
  }
}
