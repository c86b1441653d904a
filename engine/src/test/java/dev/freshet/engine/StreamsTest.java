package dev.freshet.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.oracle.ZSet;
import dev.freshet.sql.SqlCompiler;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.catalog.Catalog.Relation;
import dev.freshet.sql.plan.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables and views that keep no rows, beside the same ones that keep them. */
class StreamsTest {
  private static final Schema BID =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.notNull("item", Simple.BIGINT),
          Column.nullable("price", Simple.BIGINT),
          Column.notNull("channel", Simple.VARCHAR));
  private static final Schema ITEM =
      Schema.of(Column.notNull("id", Simple.BIGINT), Column.notNull("name", Simple.VARCHAR));

  /** Each over a table that only takes inserts, and one with a key that changes. */
  private static final Map<String, String> QUERIES =
      new TreeMap<>(
          Map.of(
              "projected", "SELECT id, price * 2 AS twice FROM bid",
              "filtered", "SELECT * FROM bid WHERE price > 50 OR channel LIKE '%3'",
              "summed",
                  "SELECT item, COUNT(*) AS n, SUM(price) AS total, MAX(channel) AS last, COUNT("
                      + "DISTINCT price) AS prices FROM bid GROUP BY item",
              "joined", "SELECT b.id, i.name FROM bid b JOIN item i ON b.item = i.id",
              "padded", "SELECT b.id, i.name FROM bid b LEFT JOIN item i ON b.item = i.id",
              "with_itself",
                  "SELECT a.id, b.id AS other FROM bid a JOIN bid b ON a.price = b.price AND a.id <"
                      + " b.id",
              "top",
                  "SELECT id, price FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY item ORDER BY"
                      + " price DESC, id) AS r FROM bid) WHERE r <= 3",
              "distinct_channels", "SELECT DISTINCT channel FROM bid",
              "both", "SELECT id FROM bid UNION ALL SELECT id FROM item"));

  @TempDir Path directory;

  /** One engine's life: it is saved now and then, and may begin again from what was saved. */
  private static final class Life {
    private final LocalStorage storage;
    private final Keep keepBids;
    private final Keep keepViews;
    private final Map<String, ZSet> fed = new TreeMap<>();
    private Engine engine;

    Life(Path folder, Keep keepBids, Keep keepViews) {
      this.storage = new LocalStorage(folder);
      this.keepBids = keepBids;
      this.keepViews = keepViews;
      this.engine = open();
    }

    private Engine open() {
      Engine opened = Engine.restore(storage, "state");
      opened.createTable("bid", "", 0, BID, Optional.empty(), keepBids);
      opened.createTable("item", ITEM, 0);
      QUERIES.forEach((name, sql) -> create(opened, name, 0, sql, keepViews));
      return opened;
    }

    void step(long number, List<TableChanges> changes) {
      changes.forEach(each -> assertThat(engine.apply(each).unresolved()).isEmpty());
      engine
          .step(number, number)
          .deltas()
          .forEach(
              delta -> fed.computeIfAbsent(delta.relation(), _ -> new ZSet()).addAll(delta.rows()));
    }

    void restart() {
      engine = open();
    }

    ZSet content(String view) {
      return ZSet.of(engine.snapshot().scan(view));
    }
  }

  private static void create(Engine engine, String name, long since, String sql, Keep keep) {
    Catalog catalog = Catalog.of(Relation.of("bid", BID), Relation.of("item", ITEM, "id"));
    Plan plan = new SqlCompiler(catalog).query(sql, name).plan();
    int[] all = IntStream.range(0, plan.schema().columnCount()).toArray();
    engine.createView(name, since, List.of(), plan, keep, all);
  }

  private static List<TableChanges> changes(SplittableRandom random, long step) {
    List<TableChanges> all = new ArrayList<>();
    TestChanges bids = new TestChanges("bid", BID);
    int count = random.nextInt(5) == 0 ? 400 : random.nextInt(6);
    for (int i = 0; i < count; i++) {
      bids.insert(
          step * 1_000 + i,
          random.nextLong(12),
          random.nextInt(8) == 0 ? null : random.nextLong(100),
          "c" + random.nextInt(20));
    }
    all.add(bids.build());
    TestChanges items = new TestChanges("item", ITEM);
    for (int i = random.nextInt(3); i > 0; i--) {
      if (random.nextBoolean()) {
        items.insert(random.nextLong(12), "item " + random.nextInt(1_000));
      } else {
        items.delete(random.nextLong(12), "");
      }
    }
    all.add(items.build());
    return all;
  }

  @Test
  void viewsOverATableWithoutRowsEqualThoseOverOneWithRows() {
    for (long seed = 1; seed <= 5; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Life kept = new Life(directory.resolve("kept" + seed), Keep.ALL, Keep.ALL);
      Life passed = new Life(directory.resolve("passed" + seed), Keep.NONE, Keep.ALL);
      Life nothing = new Life(directory.resolve("nothing" + seed), Keep.NONE, Keep.NONE);
      for (long step = 1; step <= 40; step++) {
        List<TableChanges> changes = changes(random, step);
        kept.step(step, changes);
        passed.step(step, changes);
        nothing.step(step, changes);
        if (random.nextInt(8) == 0) {
          passed.engine.checkpoint(passed.storage, "state", new byte[0]);
          passed.restart();
          nothing.engine.checkpoint(nothing.storage, "state", new byte[0]);
          nothing.restart();
        }
      }
      for (String view : QUERIES.keySet()) {
        assertThat(passed.content(view))
            .as("%s, seed %d", view, seed)
            .isEqualTo(kept.content(view));
        assertThat(nothing.fed.get(view)).as("feed of %s", view).isEqualTo(kept.content(view));
      }
      assertThat(nothing.fed.get("bid")).isEqualTo(kept.content("bid"));
    }
  }

  @Test
  void neitherMemoryNorCheckpointsGrowWithTheRows() throws IOException {
    Life life = new Life(directory, Keep.NONE, Keep.NONE);
    life.engine.dropView("with_itself");
    for (String view : List.of("joined", "padded", "summed", "top", "both", "distinct_channels")) {
      life.engine.dropView(view);
    }
    SplittableRandom random = new SplittableRandom(7);
    long early = 0;
    for (long step = 1; step <= 60; step++) {
      life.step(step, List.of(changes(random, step).getFirst()));
      if (step % 20 == 0) {
        life.engine.checkpoint(life.storage, "state", new byte[0]);
        early = step == 20 ? bytes(directory) : early;
      }
    }
    assertThat(life.fed.get("projected")).isNotNull();
    assertThat(bytes(directory)).isLessThan(early + 200);
    assertThat(life.engine.statistics()).allMatch(operator -> operator.stateRows() == 0);
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      long bytes = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }

  @Test
  void aLaterViewSeesWhatComesAfterItAlsoWhenTheInputIsReadAgain() {
    LocalStorage storage = new LocalStorage(directory);
    String sql = "SELECT item, COUNT(*) AS n FROM bid GROUP BY item";
    Engine first = Engine.restore(storage, "state");
    first.createTable("bid", "", 0, BID, Optional.empty(), Keep.NONE);
    create(first, "early", 0, sql, Keep.ALL);
    first.apply(bids(1, 2));
    first.step(10, 1);
    first.checkpoint(storage, "state", new byte[0]);
    first.apply(bids(3));
    first.step(20, 1);
    create(first, "late", 20, sql, Keep.ALL);
    assertThat(first.snapshot().scan("late").isEmpty()).isTrue();
    first.apply(bids(4, 5));
    first.step(30, 1);
    assertThat(ZSet.of(first.snapshot().scan("early"))).isEqualTo(counted(first, 5));
    assertThat(ZSet.of(first.snapshot().scan("late"))).isEqualTo(counted(first, 2));

    Engine again = Engine.restore(storage, "state");
    again.createTable("bid", "", 0, BID, Optional.empty(), Keep.NONE);
    create(again, "early", 0, sql, Keep.ALL);
    create(again, "late", 20, sql, Keep.ALL);
    assertThat(again.boundary()).isEqualTo(20);
    again.apply(bids(3));
    again.step(20, 1);
    assertThat(again.boundary()).isEqualTo(Long.MAX_VALUE);
    again.apply(bids(4, 5));
    again.step(30, 1);
    for (String view : List.of("early", "late")) {
      assertThat(ZSet.of(again.snapshot().scan(view)))
          .isEqualTo(ZSet.of(first.snapshot().scan(view)));
    }
  }

  private static ZSet counted(Engine engine, long count) {
    Batch some = engine.snapshot().scan("early");
    ZSet expected = new ZSet();
    expected.addAll(
        new dev.freshet.core.batch.BatchBuilder(some.schema(), 1).row(1, 0L, count).build());
    return expected;
  }

  private static TableChanges bids(long... ids) {
    TestChanges changes = new TestChanges("bid", BID);
    for (long id : ids) {
      changes.insert(id, 0L, 1L, "c");
    }
    return changes.build();
  }

  @Test
  void onlyInsertsAreTaken() {
    Engine engine = new Engine();
    engine.createTable("bid", "", 0, BID, Optional.empty(), Keep.NONE);
    TableChanges changes =
        new TestChanges("bid", BID)
            .insert(1L, 0L, 1L, "a")
            .delete(1L, 0L, 1L, "a")
            .updateWithout(2, 1L, 0L, null, "b")
            .insert(2L, 0L, 1L, "a")
            .truncate()
            .build();
    List<RejectedRow> unresolved = engine.apply(changes).unresolved();
    assertThat(unresolved)
        .extracting(RejectedRow::reason)
        .hasSize(3)
        .first()
        .isEqualTo(
            "Cannot DELETE in bid, which keeps no rows (keep: none): it takes inserts only.");
    Batch rows = engine.step(1, 1).delta("bid").orElseThrow().rows();
    assertThat(rows.rowCount()).isEqualTo(2);
  }

  @Test
  void readingARelationWithoutRowsIsRefused() {
    Engine engine = new Engine();
    engine.createTable("bid", "", 0, BID, Optional.empty(), Keep.NONE);
    engine.apply(bids(1));
    engine.step(1, 1);
    assertThat(engine.snapshot().keep("bid")).isEqualTo(Keep.NONE);
    assertThat(engine.snapshot().rowCount("bid")).isZero();
    assertThatThrownBy(() -> engine.snapshot().scan("bid"))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("Cannot read bid: its rows are not kept (keep: none).");
    Plan plan =
        new SqlCompiler(Catalog.of(Relation.of("bid", BID)))
            .query("SELECT id FROM bid", "q")
            .plan();
    assertThatThrownBy(() -> engine.snapshot().query(plan))
        .hasMessageContaining("its rows are not kept");
  }
}
