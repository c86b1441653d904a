package dev.freshet.bench.startup;

import dev.freshet.database.Freshet;
import dev.freshet.database.Row;
import dev.freshet.measure.Meter;
import dev.freshet.measure.Told;
import java.nio.file.Path;

/** The process of a program that opens an empty database and asks it something. */
final class FirstAnswer {
  private static final long IDLE_MILLIS = 1_000;

  private FirstAnswer() {}

  public static void main(String[] arguments) throws InterruptedException {
    try (Freshet db = Freshet.open(Path.of(arguments[0]))) {
      db.execute("CREATE TABLE numbers (id INTEGER PRIMARY KEY, n INTEGER)");
      db.execute("CREATE VIEW counts AS SELECT n, COUNT(*) AS times FROM numbers GROUP BY n");
      db.execute("INSERT INTO numbers VALUES (1, 1), (2, 2), (3, 2)");
      StringBuilder answer = new StringBuilder();
      for (Row row : db.query("SELECT * FROM counts ORDER BY n")) {
        answer.append(row);
      }
      Told.note("answer", answer.toString());
      System.gc();
      Thread.sleep(IDLE_MILLIS);
      Told.figure("idle_mb", Meter.residentMb());
    }
  }
}
