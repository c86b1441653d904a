package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.database.subscribe.ChangeListener;
import dev.freshet.database.subscribe.Subscriptions.From;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubscribeTest {
  @TempDir Path directory;
  private Freshet db;

  @BeforeEach
  void open() {
    db = Freshet.open(directory);
    db.execute("CREATE TABLE t (id BIGINT PRIMARY KEY, grp BIGINT)");
    db.execute("CREATE VIEW v AS SELECT grp, COUNT(*) AS n FROM t GROUP BY grp");
    db.execute("INSERT INTO t VALUES (1, 1), (2, 1), (3, 2)");
  }

  @AfterEach
  void close() {
    db.close();
  }

  /** Adds up what it hears. */
  private static final class Copy implements ChangeListener {
    final Map<String, Long> rows = new TreeMap<>();
    final List<Long> steps = new ArrayList<>();
    final List<FreshetException> ends = new ArrayList<>();

    @Override
    public synchronized void onStep(long step, Batch changes) {
      steps.add(step);
      for (int row = 0; row < changes.rowCount(); row++) {
        rows.merge(new Row(changes, row).toString(), changes.weight(row), Long::sum);
      }
      rows.values().removeIf(weight -> weight == 0);
    }

    @Override
    public void onEnd(FreshetException why) {
      ends.add(why);
    }
  }

  private Map<String, Long> view() {
    Map<String, Long> rows = new TreeMap<>();
    db.query("SELECT * FROM v").forEach(row -> rows.merge(row.toString(), 1L, Long::sum));
    return rows;
  }

  @Test
  void aSnapshotAndItsChangesAddUpToTheView() {
    Copy copy = new Copy();
    db.subscribe("v", From.SNAPSHOT, copy);
    assertThat(copy.rows).isEqualTo(view());
    db.execute("INSERT INTO t VALUES (4, 2), (5, 3)");
    assertThat(copy.rows).isEqualTo(view());
    db.execute("DELETE FROM t WHERE grp = 1");
    assertThat(copy.rows).isEqualTo(view()).hasSize(2);
    assertThat(copy.steps).isSorted().doesNotHaveDuplicates();
    assertThat(copy.steps.getLast()).isEqualTo(db.step());
  }

  @Test
  void aFeedThatBeginsNowHasNoOldRows() {
    Copy copy = new Copy();
    db.subscribe("t", From.NOW, copy);
    db.execute("UPDATE t SET grp = 9 WHERE id = 1");
    assertThat(copy.rows).isEqualTo(Map.of("{id=1, grp=1}", -1L, "{id=1, grp=9}", 1L));
  }

  @Test
  void neitherGapNorRepeatWhileWritersRun() {
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(() -> {
          for (int i = 100; i < 200; i++) {
            db.execute("INSERT INTO t VALUES (" + i + ", " + i % 7 + ")");
          }
        });
    List<Copy> copies = new ArrayList<>();
    while (!writer.isDone()) {
      Copy copy = new Copy();
      db.subscribe("v", From.SNAPSHOT, copy);
      copies.add(copy);
      db.execute("DELETE FROM t WHERE id = " + copies.size());
    }
    writer.join();
    assertThat(copies).isNotEmpty().allSatisfy(copy -> assertThat(copy.rows).isEqualTo(view()));
  }

  @Test
  void aListenerReadsTheStepThatItHearsOf() {
    List<Long> read = new ArrayList<>();
    db.subscribe(
        "v", From.NOW, (step, changes) -> read.add(db.query("SELECT * FROM t").step() - step));
    db.execute("DELETE FROM t");
    assertThat(read).containsExactly(0L);
  }

  @Test
  void aListenerThatFailsLosesItsFeedAndNothingElse() {
    List<FreshetException> ends = new ArrayList<>();
    Copy other = new Copy();
    db.subscribe(
        "v",
        From.NOW,
        new ChangeListener() {
          @Override
          public void onStep(long step, Batch changes) {
            db.execute("DELETE FROM t"); // a listener must not write
          }

          @Override
          public void onEnd(FreshetException why) {
            ends.add(why);
          }
        });
    db.subscribe("v", From.SNAPSHOT, other);
    db.execute("INSERT INTO t VALUES (4, 4)");
    db.execute("INSERT INTO t VALUES (5, 5)");
    assertThat(ends).hasSize(1);
    assertThat(ends.getFirst()).hasMessageContaining("inside of a transaction or a listener");
    assertThat(other.rows).isEqualTo(view()).hasSize(4);
  }

  @Test
  void aFeedEndsWithItsRelationAndWithTheDatabase() {
    Copy ofView = new Copy();
    Copy ofTable = new Copy();
    db.subscribe("v", From.NOW, ofView);
    db.subscribe("t", From.NOW, ofTable);
    db.execute("DROP VIEW v");
    assertThat(ofView.ends).hasSize(1);
    assertThat(ofView.ends.getFirst()).hasMessageContaining("v was dropped");
    db.close();
    assertThat(ofTable.ends).hasSize(1);
    assertThat(ofTable.ends.getFirst().code()).isEqualTo(ErrorCode.NOT_RUNNING);
  }

  @Test
  void refusesAnUnknownRelation() {
    assertThatThrownBy(() -> db.subscribe("nothing", From.SNAPSHOT, new Copy()))
        .isInstanceOfSatisfying(
            FreshetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
        .hasMessageContaining("nothing");
  }
}
