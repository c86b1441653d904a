package dev.freshet.runtime.verify;

import dev.freshet.core.error.FreshetException;
import dev.freshet.database.ClosedDatabase;
import dev.freshet.engine.Engine;
import dev.freshet.runtime.verify.FreshState.Basis;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** As {@link Verification}, of a database that a program opens with the library. */
public final class DatabaseVerification {
  private DatabaseVerification() {}

  /**
   * Verifies, and tells what it finds.
   *
   * @param directory that {@code Freshet.open} was given; nobody may have it open
   * @param spill an empty folder for what has no room in memory
   * @param out takes lines for the user, as they come
   * @return how many tables and views differ
   * @throws FreshetException as {@link ClosedDatabase#read}
   */
  public static int run(Path directory, Path spill, Consumer<String> out) {
    try (ClosedDatabase database =
        ClosedDatabase.read(directory, spill, Engine.defaultMemoryBytes())) {
      String text =
          "the state saved at step "
              + database.savedStep()
              + " and the log behind it, as an opening would";
      SnapshotState live = new SnapshotState(text, database.saved());
      SnapshotState replayed = new SnapshotState("the log", database.replayed());
      Map<String, Basis> bases = new LinkedHashMap<>();
      database.origins().forEach((name, origin) -> bases.put(name, basis(origin)));
      Report report = new Report(out);
      report.head(text, database.saved().step(), database.logStart(), database.replayedFrom());
      return new Comparison(report, live, _ -> replayed)
          .run(live.relations().value(), replayed, bases, Map.of());
    }
  }

  private static Basis basis(ClosedDatabase.Origin origin) {
    return switch (origin) {
      case LOG -> Basis.LOG;
      case TABLES -> Basis.TABLES;
      case SAVED -> Basis.SAVED;
    };
  }
}
