package dev.freshet.runtime.system;

import dev.freshet.capture.NotedTables;
import dev.freshet.capture.Pausable;
import dev.freshet.capture.PausedTables;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.runtime.feed.SourceFeed;
import dev.freshet.runtime.yaml.Suggestion;
import dev.freshet.serve.backend.Backend.TableOperation;
import dev.freshet.serve.backend.Backend.TablesAfter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Pauses, resumes and reads anew single tables of running sources. Safe for all threads. */
final class TableOperations {
  private static final long NOTICE_MILLIS = 5_000;

  private final Parts parts;

  TableOperations(Parts parts) {
    this.parts = parts;
  }

  /**
   * @param tables of the source; empty for all
   * @throws FreshetException when there is no such source or table, or that cannot be done with it;
   *     then nothing has changed
   */
  TablesAfter run(String source, List<String> tables, TableOperation operation) {
    List<String> sources = parts.feeds().stream().map(SourceFeed::name).toList();
    SourceFeed feed =
        parts.feeds().stream()
            .filter(each -> each.name().equals(source))
            .findFirst()
            .orElseThrow(() -> notFound("source", source, sources));
    List<String> all = tables(source);
    tables.stream()
        .filter(table -> !all.contains(table))
        .findFirst()
        .ifPresent(table -> {
          throw notFound("table of source " + source, table, all);
        });
    List<String> chosen = tables.isEmpty() ? all : List.copyOf(tables);
    List<String> done = chosen;
    switch (operation) {
      case PAUSE -> pause(feed, chosen);
      case RESUME -> done = resume(feed, chosen);
      case RESNAPSHOT -> resnapshot(feed, chosen);
    }
    feed.wake();
    boolean isNoticed = operation != TableOperation.PAUSE || awaitNoticed(feed);
    return new TablesAfter(source, operation, done, paused(feed), isNoticed);
  }

  private void pause(SourceFeed feed, List<String> tables) {
    Pausable pausable = pausable(feed, TableOperation.PAUSE);
    requireRereadable(feed, tables, "pause");
    pausable.paused().pause(tables);
  }

  /** What is resumed or read anew may be read whole, in the place of what is there. */
  private static void requireRereadable(SourceFeed feed, List<String> tables, String operation) {
    for (String table : tables) {
      feed.pausable()
          .flatMap(pausable -> pausable.whyNotPaused(table))
          .ifPresent(why -> {
            throw new FreshetException(
                ErrorCode.REQUEST_INVALID,
                "Cannot "
                    + operation
                    + " table "
                    + table
                    + " of source "
                    + feed.name()
                    + ": "
                    + why
                    + ".");
          });
    }
  }

  /** It is durable by now; a source that does nothing at the moment notices when it does. */
  private static boolean awaitNoticed(SourceFeed feed) {
    Optional<Pausable> pausable = feed.pausable();
    try {
      return pausable.isPresent() && pausable.get().paused().awaitNoticed(NOTICE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Returns those that were paused. */
  private List<String> resume(SourceFeed feed, List<String> tables) {
    PausedTables paused = pausable(feed, TableOperation.RESUME).paused();
    List<String> resumed = tables.stream().filter(paused::contains).toList();
    requireRereadable(feed, resumed, "resume");
    paused.resume(resumed);
    return resumed;
  }

  private void resnapshot(SourceFeed feed, List<String> tables) {
    NotedTables anew =
        feed.pausable()
            .flatMap(Pausable::anew)
            .orElseThrow(() ->
                refused(feed, TableOperation.RESNAPSHOT, whyNotAnew(parts.kind(feed.name()))));
    List<String> paused = paused(feed);
    for (String table : tables) {
      if (paused.contains(table)) {
        throw new FreshetException(
            ErrorCode.REQUEST_INVALID,
            "Cannot read table "
                + table
                + " of source "
                + feed.name()
                + " anew: it is paused. freshet source resume "
                + feed.name()
                + " "
                + table
                + " brings what has become of it.");
      }
    }
    requireRereadable(feed, tables, "read anew");
    anew.add(tables);
  }

  /** What does not keep its rows cannot be asked for them again; the rest can be asked for more. */
  private static String whyNotAnew(String kind) {
    return switch (kind) {
      case "http" ->
          "rows that are posted are kept by Freshet alone. Whoever posted them may post them again:"
              + " of a table with a key they take the place of those that are there";
      case "kafka" ->
          "a message is read once. A table of another name over the same topic, in a source of its"
              + " own, is read from the oldest message that the broker has";
      case "files" ->
          "a file is read once. Files whose content changed are read again: write them anew, with"
              + " rows that take the place of wrong ones by the table's key";
      case "generator" -> "their rows are made up, and never differ from those that are there";
      default -> "they cannot be read again";
    };
  }

  private Pausable pausable(SourceFeed feed, TableOperation operation) {
    return feed.pausable()
        .orElseThrow(() -> refused(feed, operation, "they cannot be left alone one by one"));
  }

  private FreshetException refused(SourceFeed feed, TableOperation operation, String why) {
    return new FreshetException(
        ErrorCode.REQUEST_INVALID,
        "Cannot "
            + operation.name().toLowerCase(Locale.ROOT)
            + " tables of source "
            + feed.name()
            + " of kind "
            + parts.kind(feed.name())
            + ": "
            + why
            + ". docs/guides/tables.md says which kinds can.");
  }

  private List<String> tables(String source) {
    return parts.serving().models().tables().stream()
        .filter(table -> table.source().equals(source))
        .map(table -> table.contract().table())
        .toList();
  }

  /** The source's tables that are left alone. */
  static List<String> paused(SourceFeed feed) {
    Optional<PausedTables> paused = feed.pausable().map(Pausable::paused);
    return paused.map(tables -> tables.now().stream().sorted().toList()).orElse(List.of());
  }

  private static FreshetException notFound(String what, String name, Collection<String> names) {
    return new FreshetException(
        ErrorCode.NOT_FOUND,
        "Cannot find "
            + what
            + ": "
            + name
            + "."
            + Suggestion.of(name, names)
            + " There are: "
            + String.join(", ", names)
            + ".");
  }
}
