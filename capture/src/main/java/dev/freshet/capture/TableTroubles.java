package dev.freshet.capture;

import dev.freshet.capture.SourceStatus.TableNote;
import dev.freshet.capture.SourceStatus.TableNote.Level;
import dev.freshet.core.port.Clock;
import dev.freshet.core.retry.Backoff;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is wrong with single tables that could not be read, and when each is tried again: after a
 * second at first, after a minute at most. One thread owns it.
 */
public final class TableTroubles {
  private final Clock clock;
  private final Map<String, Trouble> troubles = new TreeMap<>();

  private static final class Trouble {
    final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));
    String text = "";
    long retryNanos;
  }

  public TableTroubles(Clock clock) {
    this.clock = clock;
  }

  /**
   * These could not be read.
   *
   * @param text why, and what to do
   */
  public void add(Collection<String> tables, String text) {
    for (String table : tables) {
      Trouble trouble = troubles.computeIfAbsent(table, _ -> new Trouble());
      trouble.text = text;
      trouble.retryNanos = clock.nanos() + trouble.backoff.nextMillis() * 1_000_000;
    }
  }

  /** Whether a table could not be read when that was tried last. */
  public boolean contains(String table) {
    return troubles.containsKey(table);
  }

  /** Whether it is too early to try a table again. */
  public boolean isWaiting(String table) {
    Trouble trouble = troubles.get(table);
    return trouble != null && clock.nanos() - trouble.retryNanos < 0;
  }

  /** These were read. */
  public void remove(Collection<String> tables) {
    troubles.keySet().removeAll(tables);
  }

  /** Nobody wants others any more. */
  public void retain(Collection<String> tables) {
    troubles.keySet().retainAll(tables);
  }

  /** For the status, in the order of the names. */
  public List<TableNote> notes() {
    return troubles.entrySet().stream()
        .map(each ->
            new TableNote(
                each.getKey(),
                Level.PROBLEM,
                "cannot be read for now, which is tried again by itself. " + each.getValue().text))
        .toList();
  }
}
