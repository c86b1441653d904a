package dev.freshet.runtime.system;

import dev.freshet.capture.Pausable;
import dev.freshet.capture.PausedTables;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.database.step.Step;
import dev.freshet.runtime.feed.SourceFeed;
import dev.freshet.runtime.project.SourceSettings;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Tables that are taken out of running sources, with one exchange of models.
 *
 * <pre>
 *   out      the source leaves it alone, as a paused table
 *   note     it is to be read anew, should it come back; the log is told that it is not there, then the
 *            note goes
 *   step     the exchange: its changes count no more, readers and the engine do not have it any more
 *   forget   that it was paused
 * </pre>
 *
 * A crash anywhere leaves what a start without the table begins with. A start that has it again,
 * since the file was put back, finds the note, or a log without the table, and reads it; or
 * neither, and goes on with it as if nothing had been asked for.
 */
final class TakenOut {
  static final TakenOut NONE = new TakenOut(List.of(), List.of(), Set.of());

  private static final long NOTICE_MILLIS = 5_000;

  private final List<SourceFeed> feeds;
  private final List<CapturedTable> tables;
  private final List<CapturedTable> left;
  private final Set<String> names;

  /**
   * @param before all tables that are captured
   * @param names of those that are taken out
   */
  TakenOut(List<SourceFeed> feeds, List<CapturedTable> before, Set<String> names) {
    this.feeds = feeds;
    this.names = Set.copyOf(names);
    this.tables =
        before.stream().filter(table -> names.contains(table.contract().table())).toList();
    this.left = before.stream().filter(table -> !tables.contains(table)).toList();
  }

  /** Whether tables can be taken out of a source of this name while it runs. */
  static boolean isPossible(List<SourceFeed> feeds, String source) {
    return feeds.stream()
        .filter(feed -> feed.name().equals(source))
        .anyMatch(feed -> feed.pausable().filter(Pausable::goesOnWithoutTables).isPresent());
  }

  Set<String> names() {
    return names;
  }

  List<String> sorted() {
    return names.stream().sorted().toList();
  }

  boolean isEmpty() {
    return names.isEmpty();
  }

  /**
   * A first snapshot is of all tables.
   *
   * @throws FreshetException {@link ErrorCode#CONFIG_INVALID} with the source's file
   */
  void requireSnapshots(Map<String, SourceSettings> wanted) {
    each((feed, _, _) -> {
      if (feed.isBeforeFirstSnapshot()) {
        throw Objects.requireNonNull(wanted.get(feed.name()))
            .details()
            .require("tables")
            .invalid(
                "Cannot take out tables while source "
                    + feed.name()
                    + " reads its first snapshot. Apply again when it has been read, which freshet"
                    + " status tells; or stop the project and start it again: freshet up");
      }
    });
  }

  /** The captured tables without them. */
  List<CapturedTable> left() {
    return left;
  }

  /**
   * Makes the exchange, with what belongs before and behind it.
   *
   * @throws RuntimeException what went wrong; then the tables are of their sources as before,
   *     unless the step is being made all the same: nobody waits for it while the project stops
   */
  Step around(ModelExchange exchange, Handover handover) {
    Step made;
    try {
      leave();
      made = handover.make(exchange);
    } catch (RuntimeException | Error e) {
      if (exchange.withdraw()) {
        takeBack();
      }
      throw e;
    }
    forget();
    return made;
  }

  /**
   * Lets the sources leave them alone, before the exchange, and waits until they do, but not for
   * ever: one that does not stream now comes to it later.
   */
  private void leave() {
    each((feed, source, gone) -> {
      source.paused().takeOut(gone);
      source.anew().orElseThrow().add(gone);
      feed.wake();
      awaitNoticed(source.paused());
    });
  }

  /** The exchange was not made. */
  private void takeBack() {
    each((feed, source, gone) -> {
      source.paused().takeBack(gone);
      feed.wake();
    });
  }

  /** The exchange was made. */
  private void forget() {
    each((feed, source, _) -> forgetPauses(source.paused(), names(left, feed)));
  }

  private static void forgetPauses(PausedTables paused, List<String> kept) {
    try {
      paused.retain(kept);
    } catch (FreshetException e) {
      // The disk is full or hangs, and the log says so. The next start forgets them.
      return;
    }
  }

  private interface Work {
    void run(SourceFeed feed, Pausable source, List<String> gone);
  }

  private void each(Work work) {
    for (SourceFeed feed : feeds) {
      List<String> gone = names(tables, feed);
      if (!gone.isEmpty()) {
        work.run(feed, feed.pausable().orElseThrow(), gone);
      }
    }
  }

  private static List<String> names(List<CapturedTable> tables, SourceFeed feed) {
    return tables.stream()
        .filter(table -> table.source().equals(feed.name()))
        .map(table -> table.contract().table())
        .toList();
  }

  private static void awaitNoticed(PausedTables paused) {
    try {
      boolean _ = paused.awaitNoticed(NOTICE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
