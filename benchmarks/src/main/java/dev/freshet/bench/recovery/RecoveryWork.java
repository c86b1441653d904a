package dev.freshet.bench.recovery;

import dev.freshet.database.Freshet;
import dev.freshet.database.FreshetOptions;
import dev.freshet.measure.Told;
import dev.freshet.testing.files.FileTrees;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The processes of {@link RecoveryBenchmark}. Each opens a database, fills it when it is empty,
 * tells what it answers, and goes on changing it until it is killed.
 */
final class RecoveryWork {
  /** Tells how many transactions are durable. */
  static final String DURABLE = "durable";

  /** Tells how many transactions the first answer shows. */
  static final String ANSWERED = "answered";

  /** Tells how long the opening took. */
  static final String OPENED_MILLIS = "opened_ms";

  private static final int CHANGED = 100;
  private static final long ROWS_OF_TRAINING = 20_000;
  private static final int UPDATES_OF_TRAINING = 50;

  private RecoveryWork() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    if (arguments.length == 1) {
      train(directory);
      return;
    }
    long rows = Long.parseLong(arguments[1]);
    Duration interval = Duration.ofMillis(Long.parseLong(arguments[2]));
    long rate = Long.parseLong(arguments[3]);
    FreshetOptions options = FreshetOptions.DEFAULT.withCheckpointInterval(interval);
    long begin = System.nanoTime();
    Freshet db = Freshet.open(directory, options);
    Items items;
    if (db.tables().isEmpty()) {
      items = Items.fill(db, rows, 1);
    } else {
      double openedMillis = (System.nanoTime() - begin) / 1e6;
      long updates = Items.updates(db, rows);
      Told.figure(ANSWERED, (double) updates);
      Told.figure(OPENED_MILLIS, openedMillis);
      items = Items.of(db, rows, updates);
    }
    goOn(items, rate);
  }

  private static void goOn(Items items, long rate) {
    long begin = System.nanoTime();
    for (long done = CHANGED; ; done += CHANGED) {
      Told.figure(DURABLE, (double) items.update(CHANGED));
      long due = begin + done * 1_000_000_000L / rate;
      LockSupport.parkNanos(due - System.nanoTime());
    }
  }

  /**
   * Does in small what a start after a kill does, and ends well, so that the JVM writes its
   * archive.
   */
  private static void train(Path directory) throws IOException {
    Path killed = directory.resolveSibling(directory.getFileName() + "-killed");
    try (Freshet db = Freshet.open(directory)) {
      Items.fill(db, ROWS_OF_TRAINING, 1);
    }
    try (Freshet db = Freshet.open(directory)) {
      Items items = Items.of(db, ROWS_OF_TRAINING, 0);
      for (int i = 0; i < UPDATES_OF_TRAINING; i++) {
        items.update(CHANGED);
      }
      FileTrees.copy(directory, killed);
    }
    try (Freshet db = Freshet.open(killed)) {
      long updates = Items.updates(db, ROWS_OF_TRAINING);
      Told.figure(ANSWERED, (double) updates);
      Items.of(db, ROWS_OF_TRAINING, updates).update(CHANGED);
    }
  }
}
