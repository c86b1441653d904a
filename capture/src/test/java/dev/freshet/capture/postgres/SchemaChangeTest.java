package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.DataType;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SchemaChangeTest {
  private CaptureHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness = new CaptureHarness();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void carriesTheNewShapeFromItsPlaceInTheTransaction() throws Exception {
    harness.sql("CREATE TABLE t (id int PRIMARY KEY, a int)");
    Capture capture = harness.startAndStream(harness.config("t"));
    harness.sql(
        "BEGIN; INSERT INTO t VALUES (1, 1); ALTER TABLE t ADD b text; INSERT INTO t VALUES (2, 2, 'x');"
            + " ALTER TABLE t DROP a; INSERT INTO t VALUES (3, 'y'); COMMIT");
    List<TableChanges> changes = changes(harness.awaitAll(capture));

    assertThat(changes.stream().map(TableChanges::schemaVersion)).containsExactly(1, 2, 3);
    assertThat(changes.get(1).rows().schema().names()).containsExactly("id", "a", "b");
    assertThat(changes.get(2).rows().schema().names()).containsExactly("id", "b");
    assertThat(changes.get(2).keyColumns()).containsExactly(0);
  }

  @Test
  void findsTheKeyWhereItHasMovedTo() throws Exception {
    harness.sql("CREATE TABLE t (old int, id int PRIMARY KEY)");
    Capture capture = harness.startAndStream(harness.config("t"));
    harness.sql("ALTER TABLE t DROP old", "INSERT INTO t VALUES (5)");
    List<TableChanges> changes = changes(harness.awaitAll(capture));

    assertThat(changes.getFirst().keyColumns()).containsExactly(0);
  }

  @Test
  void switchesToTextWhenATypeNeedsIt() throws Exception {
    harness.sql("CREATE TABLE t (id int PRIMARY KEY, n numeric(10, 2), a int[])");
    Capture capture = harness.startAndStream(harness.config("t"));
    harness.sql(
        "INSERT INTO t VALUES (1, 1.5, '{1}')",
        "ALTER TABLE t ADD span interval", "INSERT INTO t VALUES (2, 2.5, '{2}', '3 days')");
    List<ChangeSet> log = harness.awaitAll(capture);

    assertThat(Replica.of(log).table("t").get("2|"))
        .containsExactly(2L, new java.math.BigDecimal("2.50"), List.of(2L), "3 days");
    assertThat(changes(log).getLast().rows().schema().type(3)).isEqualTo(DataType.Simple.VARCHAR);
  }

  @Test
  void looksUpATypeThatIsNew() throws Exception {
    harness.sql("CREATE TABLE t (id int PRIMARY KEY)");
    Capture capture = harness.startAndStream(harness.config("t"));
    harness.sql(
        "CREATE TYPE colour AS ENUM ('red', 'blue')",
        "ALTER TABLE t ADD c colour",
        "INSERT INTO t VALUES (1, 'red')");

    assertThat(Replica.of(harness.awaitAll(capture)).table("t").get("1|"))
        .containsExactly(1L, "red");
  }

  @Test
  void makesANewShapeWhenAColumnBecomesNullable() throws Exception {
    harness.sql("CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL)");
    Capture capture = harness.startAndStream(harness.config("t"));
    harness.sql(
        "INSERT INTO t VALUES (1, 1)",
        "ALTER TABLE t ALTER n DROP NOT NULL",
        "INSERT INTO t VALUES (2, NULL)");
    List<TableChanges> changes = changes(harness.awaitAll(capture));

    assertThat(changes.getFirst().rows().schema().column(1).mayBeNull()).isFalse();
    assertThat(changes.getLast().rows().schema().column(1).mayBeNull()).isTrue();
    assertThat(changes.getLast().schemaVersion()).isEqualTo(2);
  }

  @Test
  void capturesPartitionsAsTheirTable() throws Exception {
    harness.sql(
        "CREATE TABLE t (id int PRIMARY KEY, n int) PARTITION BY RANGE (id)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20)",
        "INSERT INTO t VALUES (1, 1), (11, 11)");
    Capture capture = harness.startAndStream(harness.config("t"));
    harness.sql("INSERT INTO t VALUES (2, 2)", "UPDATE t SET id = 12 WHERE id = 1");

    assertThat(Replica.of(harness.awaitAll(capture)).table("t").keySet())
        .containsExactlyInAnyOrder("2|", "11|", "12|");
  }

  @Test
  void leavesOutGeneratedColumnsAndHonoursRowFilters() throws Exception {
    CaptureHarness.needsServer(15); // row filters
    harness.sql(
        "CREATE TABLE t (id int PRIMARY KEY, n int, twice int GENERATED ALWAYS AS (n * 2) STORED)",
        "INSERT INTO t VALUES (1, 1), (2, -2)",
        "CREATE PUBLICATION \"freshet_" + harness.database + "\" FOR TABLE t WHERE (id > 1)");
    Capture capture = harness.startAndStream(harness.config("t"));
    harness.sql("INSERT INTO t VALUES (0, 0), (3, 3)");

    assertThat(Replica.of(harness.awaitAll(capture)).table("t").values())
        .containsExactlyInAnyOrder(List.of(2L, -2L), List.of(3L, 3L));
  }

  /** The changes of the stream, without those of the snapshot. */
  private static List<TableChanges> changes(List<ChangeSet> log) {
    return log.stream()
        .flatMap(changes -> changes.tables().stream())
        .filter(table -> table.rowCount() > 0)
        .toList();
  }
}
