package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresCaptureTest {
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
  void takesASnapshotThenFollowsTheStream() throws Exception {
    harness.sql(
        "CREATE TABLE orders (id int PRIMARY KEY, what text)",
        "INSERT INTO orders SELECT i, 'order ' || i FROM generate_series(1, 25000) i");
    Capture capture = harness.startAndStream(harness.config("orders"));
    harness.sql(
        "INSERT INTO orders VALUES (30000, 'new')",
        "UPDATE orders SET what = 'changed' WHERE id = 7",
        "DELETE FROM orders WHERE id = 8");
    List<ChangeSet> log = harness.awaitAll(capture);

    assertThat(log.getFirst().tables().getFirst().operation(0)).isEqualTo(Operation.SNAPSHOT);
    assertThat(log.stream().limit(2).map(ChangeSet::part)).containsOnly(Part.MORE);
    Replica replica = Replica.of(log);
    assertThat(replica.table("orders")).hasSize(25_000);
    assertThat(replica.table("orders").get("7|")).containsExactly(7L, "changed");
    assertThat(replica.table("orders").get("30000|")).containsExactly(30_000L, "new");
    assertThat(replica.table("orders")).doesNotContainKey("8|");
  }

  @Test
  void deliversATransactionOverSeveralTablesWhole() throws Exception {
    harness.sql(
        "CREATE TABLE a (id int PRIMARY KEY)", "CREATE TABLE b (id int PRIMARY KEY, a int)");
    Capture capture = harness.startAndStream(harness.config("a", "b"));
    for (int i = 0; i < 50; i++) {
      harness.sql(
          "BEGIN; INSERT INTO a VALUES ("
              + i
              + "); INSERT INTO b VALUES ("
              + i
              + ", "
              + i
              + "); COMMIT");
    }
    List<ChangeSet> log = harness.awaitAll(capture);

    Replica replica = new Replica();
    for (ChangeSet changes : log) {
      replica.add(changes);
      assertThat(replica.table("a").keySet()).isEqualTo(replica.table("b").keySet());
    }
    assertThat(replica.table("a")).hasSize(50);
  }

  @Test
  void tellsUnchangedToastFromNull() throws Exception {
    harness.sql(
        "CREATE TABLE docs (id int PRIMARY KEY, n int, body text)",
        "ALTER TABLE docs ALTER body SET STORAGE EXTERNAL",
        "INSERT INTO docs VALUES (1, 0, repeat('x', 20000))");
    Capture capture = harness.startAndStream(harness.config("docs"));
    harness.sql(
        "UPDATE docs SET n = 1",
        "UPDATE docs SET body = NULL",
        "INSERT INTO docs VALUES (2, 5, repeat('y', 20000)); UPDATE docs SET n = 6 WHERE id = 2");
    List<ChangeSet> log = harness.awaitAll(capture);

    TableChanges first = changesOf(log, Operation.UPDATE).getFirst();
    assertThat(first.isMissing(2, 0)).isTrue();
    assertThat(first.isMissing(1, 0)).isFalse();
    Replica replica = Replica.of(log);
    assertThat(replica.table("docs").get("1|")).containsExactly(1L, 1L, null);
    assertThat(replica.table("docs").get("2|")).containsExactly(2L, 6L, "y".repeat(20_000));
  }

  @Test
  void fillsUnchangedToastFromTheOldRowUnderFullIdentity() throws Exception {
    harness.sql(
        "CREATE TABLE docs (id int PRIMARY KEY, n int, body text)",
        "ALTER TABLE docs ALTER body SET STORAGE EXTERNAL",
        "ALTER TABLE docs REPLICA IDENTITY FULL",
        "INSERT INTO docs VALUES (1, 0, repeat('x', 20000))");
    Capture capture = harness.startAndStream(harness.config("docs"));
    harness.sql("UPDATE docs SET n = 1", "DELETE FROM docs");
    List<ChangeSet> log = harness.awaitAll(capture);

    TableChanges update = changesOf(log, Operation.UPDATE).getFirst();
    assertThat(update.isMissing(2, 0)).isFalse();
    assertThat(update.keyColumns()).containsExactly(0);
    assertThat(update.beforeRow()[0]).isZero();
    Replica replica = Replica.of(log);
    assertThat(replica.table("docs")).isEmpty();
  }

  @Test
  void carriesTheOldKeyWhenTheKeyChanges() throws Exception {
    harness.sql(
        "CREATE TABLE t (a int, b text, c int, PRIMARY KEY (b, a))",
        "INSERT INTO t VALUES (1, 'x', 10), (2, 'y', 20)");
    Capture capture = harness.startAndStream(harness.config("t"));
    harness.sql("UPDATE t SET b = 'z' WHERE a = 1", "UPDATE t SET c = 21 WHERE a = 2");
    List<ChangeSet> log = harness.awaitAll(capture);

    Replica replica = Replica.of(log);
    assertThat(replica.table("t").values())
        .containsExactlyInAnyOrder(List.of(1L, "z", 10L), List.of(2L, "y", 21L));
  }

  @Test
  void takesTheIndexOfTheReplicaIdentityAsKey() throws Exception {
    harness.sql(
        "CREATE TABLE t (id int PRIMARY KEY, code text NOT NULL, n int)",
        "CREATE UNIQUE INDEX t_code ON t (code)",
        "ALTER TABLE t REPLICA IDENTITY USING INDEX t_code",
        "INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2)");
    Capture capture = harness.startAndStream(harness.config("t"));
    harness.sql("UPDATE t SET id = 3 WHERE code = 'a'", "UPDATE t SET code = 'c' WHERE code = 'b'");
    harness.awaitAll(capture);
    harness.sql("DELETE FROM t WHERE code = 'a'");
    List<ChangeSet> log = harness.awaitAll(capture);

    TableChanges delete = changesOf(log, Operation.DELETE).getFirst();
    assertThat(delete.keyColumns()).containsExactly(1);
    assertThat(delete.isMissing(0, 0)).isTrue();
    assertThat(delete.isMissing(1, 0)).isFalse();
    assertThat(Replica.of(log).table("t").values()).containsExactly(List.of(2L, "c", 2L));
  }

  @Test
  void keysATableOfFullIdentityByAUniqueIndexOrAllColumns() throws Exception {
    harness.sql(
        "CREATE TABLE a (id int NOT NULL UNIQUE, n int)",
        "ALTER TABLE a REPLICA IDENTITY FULL",
        "CREATE TABLE b (x int, y int)",
        "ALTER TABLE b REPLICA IDENTITY FULL",
        "INSERT INTO a VALUES (1, 1)",
        "INSERT INTO b VALUES (1, 1)");
    Capture capture = harness.startAndStream(harness.config("a", "b"));
    harness.sql("UPDATE a SET n = 2", "UPDATE b SET y = 2", "INSERT INTO b VALUES (7, NULL)");
    harness.sql("DELETE FROM b WHERE x = 7");
    Replica replica = Replica.of(harness.awaitAll(capture));

    assertThat(replica.table("a")).containsOnlyKeys("1|");
    assertThat(replica.table("b")).containsOnlyKeys("1|2|");
  }

  @Test
  void deliversTruncate() throws Exception {
    harness.sql("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)");
    Capture capture = harness.startAndStream(harness.config("t"));
    harness.sql("BEGIN; INSERT INTO t VALUES (3); TRUNCATE t; INSERT INTO t VALUES (4); COMMIT");
    List<ChangeSet> log = harness.awaitAll(capture);

    assertThat(Replica.of(log).table("t").keySet()).containsExactly("4|");
  }

  private static List<TableChanges> changesOf(List<ChangeSet> log, Operation operation) {
    return log.stream()
        .flatMap(changes -> changes.tables().stream())
        .filter(table -> table.rowCount() > 0 && table.operation(0) == operation)
        .toList();
  }
}
