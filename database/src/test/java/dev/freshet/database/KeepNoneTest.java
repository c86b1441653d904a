package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.database.subscribe.ChangeListener;
import dev.freshet.database.subscribe.Subscriptions.From;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedScheduler;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables and views WITH ('keep' = 'none'). */
class KeepNoneTest {
  private static final String TABLE =
      "CREATE TABLE clicks (id BIGINT NOT NULL, page BIGINT, note VARCHAR) WITH ('keep' = 'none')";
  private static final String COUNTS =
      "SELECT page, COUNT(*) AS n, SUM(id) AS ids FROM clicks GROUP BY page";

  @TempDir Path directory;

  /** What a feed brought: each row as a text with its weight. */
  private static final class Fed implements ChangeListener {
    private final List<String> rows = new ArrayList<>();

    @Override
    public void onStep(long step, Batch changes) {
      for (int row = 0; row < changes.rowCount(); row++) {
        rows.add(changes.weight(row) + " x " + Arrays.toString(Values.readRow(changes, row)));
      }
    }
  }

  private static List<String> answer(Freshet db, String sql) {
    return db.query(sql).stream().map(Row::toString).sorted().toList();
  }

  @Test
  void rowsPassToViewsAndFeedsAndAreGone() {
    try (Freshet db = Freshet.open(directory)) {
      db.execute(TABLE);
      db.execute("CREATE VIEW counts AS " + COUNTS);
      db.execute(
          "CREATE VIEW first_page WITH ('keep' = 'none') AS SELECT id FROM clicks WHERE page = 1");
      Fed clicks = new Fed();
      Fed firstPage = new Fed();
      db.subscribe("clicks", From.NOW, clicks);
      db.subscribe("first_page", From.NOW, firstPage);
      assertThat(
              db.execute("INSERT INTO clicks VALUES (1, 1, 'a'), (2, 2, NULL), (2, 2, NULL)")
                  .rows())
          .isEqualTo(3);
      db.transaction(tx -> tx.insert("clicks", 3, 1, "c"));
      assertThat(answer(db, "SELECT * FROM counts"))
          .hasSize(2)
          .allMatch(row -> row.contains("n=2"));
      assertThat(clicks.rows)
          .containsExactlyInAnyOrder("1 x [1, 1, a]", "2 x [2, 2, null]", "1 x [3, 1, c]");
      assertThat(firstPage.rows).containsExactly("1 x [1]", "1 x [3]");
    }
  }

  @Test
  void whatNeedsTheRowsIsRefused() {
    try (Freshet db = Freshet.open(directory)) {
      db.execute(TABLE);
      for (String sql : List.of("UPDATE clicks SET page = 2", "DELETE FROM clicks WHERE id = 1")) {
        assertThatThrownBy(() -> db.execute(sql))
            .as(sql)
            .hasMessageContaining("keeps no rows")
            .extracting(e -> ((FreshetException) e).code())
            .isEqualTo(ErrorCode.REQUEST_INVALID);
      }
      assertThatThrownBy(() -> db.transaction(tx -> tx.upsert("clicks", 1, 1, "x")))
          .hasMessageContaining("takes inserts only");
      assertThatThrownBy(() -> db.query("SELECT COUNT(*) FROM clicks"))
          .hasMessageContaining("Cannot read clicks: its rows are not kept (keep: none)");
      assertThatThrownBy(() -> db.subscribe("clicks", From.SNAPSHOT, new Fed()))
          .hasMessageContaining("its rows are not kept");
      assertThatThrownBy(() -> db.execute("INSERT INTO clicks VALUES (NULL, 1, 'a')"))
          .extracting(e -> ((FreshetException) e).code())
          .isEqualTo(ErrorCode.CONTRACT_VIOLATED);
      assertThatThrownBy(
              () -> db.execute("CREATE TABLE k (id BIGINT PRIMARY KEY) WITH ('keep' = 'none')"))
          .hasMessageContaining("has no PRIMARY KEY");
      assertThatThrownBy(() -> db.execute("CREATE TABLE k (id BIGINT) WITH ('keep' = 'some')"))
          .hasMessageContaining("keep is 'all' or 'none'");
    }
  }

  @Test
  void aViewThatTakesRowsBackAndKeepsNoneIsNotReadByOthers() {
    try (Freshet db = Freshet.open(directory)) {
      db.execute(TABLE);
      db.execute("CREATE VIEW counts WITH ('keep' = 'none') AS " + COUNTS);
      db.execute(
          "CREATE VIEW later_pages WITH ('keep' = 'none') AS SELECT id FROM clicks WHERE page > 1");
      assertThatThrownBy(() -> db.execute("CREATE VIEW over_counts AS SELECT n FROM counts"))
          .hasMessageContaining("Cannot read counts in another view");
      db.execute("CREATE VIEW later_count AS SELECT COUNT(*) AS n FROM later_pages");
      db.execute("INSERT INTO clicks VALUES (1, 1, 'a'), (2, 2, 'b')");
      assertThat(answer(db, "SELECT n FROM later_count"))
          .hasSize(1)
          .first()
          .asString()
          .contains("1");
    }
  }

  @Test
  void aLaterViewBeginsWithWhatComesThenAndSaysSo() {
    try (Freshet db = Freshet.open(directory)) {
      db.execute(TABLE);
      db.execute("INSERT INTO clicks VALUES (1, 1, 'a')");
      WriteResult created = db.execute("CREATE VIEW counts AS " + COUNTS);
      assertThat(created.warnings())
          .contains(
              "The view begins with the rows of clicks that come from now on: clicks keeps no"
                  + " rows.");
      db.execute("INSERT INTO clicks VALUES (2, 1, 'b')");
      assertThat(answer(db, "SELECT ids FROM counts")).hasSize(1).first().asString().contains("2");
    }
  }

  /** The views are what they were, wherever a checkpoint was written before the power went. */
  @Test
  void viewsAreTheSameAfterCrashes() {
    for (long seed = 1; seed <= 25; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SimulatedClock clock = new SimulatedClock();
      Trace trace = new Trace();
      SimulatedStorage storage = new SimulatedStorage(clock, trace, seed);
      List<String> before = List.of();
      for (int round = 0; round < 5; round++) {
        SimulatedScheduler scheduler = new SimulatedScheduler(clock, trace, seed + round);
        Freshet db =
            Freshet.open(
                storage,
                clock,
                scheduler,
                FreshetOptions.DEFAULT.withCheckpointInterval(
                    Duration.ofMillis(1 + random.nextInt(60))));
        if (round == 0) {
          db.execute(TABLE);
        }
        assertThat(contents(db)).as("seed %d, round %d", seed, round).isEqualTo(before);
        for (int i = 0; i < 12; i++) {
          if (random.nextInt(5) == 0 && db.views().size() < 4) {
            db.execute("CREATE VIEW v" + db.views().size() + " AS " + COUNTS);
          }
          long id = round * 100L + i;
          db.execute("INSERT INTO clicks VALUES (" + id + ", " + id % 3 + ", 'n')");
          scheduler.run(random.nextInt(4));
        }
        before = contents(db);
        switch (random.nextInt(3)) {
          case 0 -> storage.kill();
          case 1 -> storage.crash(random.split());
          default -> {
            db.close();
            storage.kill();
          }
        }
        scheduler.kill();
      }
    }
  }

  private static List<String> contents(Freshet db) {
    List<String> all = new ArrayList<>();
    for (String view : db.views()) {
      answer(db, "SELECT * FROM " + view).forEach(row -> all.add(view + ": " + row));
    }
    return all;
  }
}
