package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Installable.Change;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SchemaChange;
import dev.freshet.capture.SchemaChange.Kind;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How tables are altered arrives as what it is, at its place, with the event trigger. */
class DdlInOrderTest {
  @TempDir private Path state;
  private CaptureHarness harness;
  private PostgresSource source;

  @BeforeEach
  void open() throws Exception {
    harness = new CaptureHarness();
    source = harness.source(harness.config("t"));
    source.run(source.statements(Change.INSTALL));
    harness.sql("CREATE TABLE t (id int PRIMARY KEY, qty int, note text)");
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private Capture start() throws Exception {
    return harness.startAndStream(harness.config("t"));
  }

  private Capture restart() throws Exception {
    Capture capture = harness.start(harness.config("t"), harness.resume());
    harness.sink.acknowledgeTo(capture);
    CaptureHarness.awaitState(capture, State.STREAMING);
    return capture;
  }

  private List<String> texts(Capture capture) throws Exception {
    harness.awaitAll(capture);
    return capture.status().schemaChanges().stream().map(SchemaChange::text).toList();
  }

  private static List<TableChanges> rows(List<ChangeSet> log) {
    return log.stream()
        .flatMap(changes -> changes.tables().stream())
        .filter(table -> table.rowCount() > 0)
        .toList();
  }

  @Test
  void tellsEachKindOfChange() throws Exception {
    Capture capture = start();
    harness.sql(
        "ALTER TABLE t ADD \"grün \"\"x\\\" numeric(8, 2)",
        "ALTER TABLE t RENAME qty TO quantity",
        "ALTER TABLE t ALTER quantity TYPE bigint, ALTER quantity SET NOT NULL",
        "ALTER TABLE t ALTER quantity DROP NOT NULL",
        "ALTER TABLE t DROP note",
        "ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (id, quantity)",
        "ALTER TABLE t DROP quantity, ADD quantity bigint");

    assertThat(texts(capture))
        .containsExactly(
            "column grün \"x\\ (numeric(8,2)) was added to t",
            "column qty of t was renamed to quantity",
            "column quantity of t is bigint now, and was integer",
            "column quantity of t is NOT NULL now",
            "column quantity of t may be NULL now",
            "column note was dropped from t",
            "column quantity of t is NOT NULL now",
            "the key of t is (id, quantity) now, and was (id)",
            "column quantity was dropped from t",
            "column quantity (bigint) was added to t",
            "the key of t is none now, and was (id, quantity)");
  }

  @Test
  void standsBetweenTheRowsOfItsTransaction() throws Exception {
    Capture capture = start();
    harness.sql(
        "BEGIN; INSERT INTO t VALUES (1, 10, 'a');"
            + " ALTER TABLE t RENAME qty TO quantity; INSERT INTO t VALUES (2, 20, 'b');"
            + " ALTER TABLE t DROP note, ADD note text; INSERT INTO t VALUES (3, 30, 'c');"
            + " ALTER TABLE t ALTER quantity TYPE bigint; INSERT INTO t VALUES (4, 40, 'd');"
            + " COMMIT");
    assertThat(texts(capture))
        .containsExactly(
            "column qty of t was renamed to quantity",
            "column note was dropped from t",
            "column note (text) was added to t",
            "column quantity of t is bigint now, and was integer");
    List<TableChanges> changes = rows(harness.sink.taken());

    assertThat(changes.stream().map(TableChanges::schemaVersion)).containsExactly(1, 2, 3, 4);
    assertThat(changes.get(0).rows().schema().names()).containsExactly("id", "qty", "note");
    assertThat(changes.get(1).rows().schema().names()).containsExactly("id", "quantity", "note");
    assertThat(changes.get(2).rows().schema()).isEqualTo(changes.get(1).rows().schema());
    List<SchemaChange> found = capture.status().schemaChanges();
    long commit = Lsn.parse(found.getFirst().position());
    assertThat(found).allMatch(change -> change.position().equals(Lsn.text(commit)));
    assertThat(found.getFirst().sourceMicros()).isPositive();
  }

  @Test
  void keepsAnIndexNameOfNoCapturedTableToItself() throws Exception {
    harness.sql("CREATE TABLE other (id int PRIMARY KEY, n int)");
    Capture capture = start();
    harness.sql(
        "ALTER TABLE other RENAME n TO m",
        "CREATE TEMP TABLE t (id int)",
        "ALTER TABLE pg_temp.t ADD x int",
        "DROP TABLE pg_temp.t",
        "CREATE INDEX ON t (qty)",
        "COMMENT ON COLUMN t.qty IS 'x'",
        "INSERT INTO other VALUES (1, 1)");

    assertThat(texts(capture)).isEmpty();
  }

  @Test
  void forgetsWhatWasRolledBack() throws Exception {
    Capture capture = start();
    harness.sql(
        "BEGIN; ALTER TABLE t RENAME qty TO no; ROLLBACK",
        "BEGIN; SAVEPOINT s; ALTER TABLE t RENAME qty TO no; ROLLBACK TO s;"
            + " ALTER TABLE t RENAME note TO notes; INSERT INTO t VALUES (1, 1, ''); COMMIT");

    assertThat(texts(capture)).containsExactly("column note of t was renamed to notes");
  }

  @Test
  void takesItFromATransactionThatArrivesWhileItIsOpen() throws Exception {
    harness.sql("ALTER DATABASE " + harness.database + " SET logical_decoding_work_mem = '64kB'");
    SpillFolder spill =
        new SpillFolder(() -> new LocalStorage(state), "spill", 0, SpillFolder.Holds.ROWS);
    Capture capture =
        new PostgresSource(harness.config("t"), harness.memory, spill)
            .remembering(harness.tables)
            .start(Scheduler.threads(), Clock.system(), Resume.FROM_NOTHING, harness.sink);
    try (capture;
        Connection open = CaptureHarness.server().connect(harness.database);
        Statement statement = open.createStatement()) {
      harness.sink.acknowledgeTo(capture);
      CaptureHarness.awaitState(capture, State.STREAMING);
      String many = "INSERT INTO t SELECT i, 1, repeat('x', 90) FROM generate_series(%d, %d) i";
      open.setAutoCommit(false);
      statement.execute(many.formatted(1, 2000));
      statement.execute("SAVEPOINT s");
      statement.execute("ALTER TABLE t RENAME note TO no");
      statement.execute(many.formatted(2001, 4000));
      harness.awaitSentEarly();
      statement.execute("ROLLBACK TO SAVEPOINT s");
      statement.execute(many.formatted(4001, 6000));
      statement.execute("ALTER TABLE t RENAME qty TO quantity");
      statement.execute(many.formatted(6001, 8000));
      assertThat(texts(capture)).isEmpty();
      open.commit();

      assertThat(texts(capture)).containsExactly("column qty of t was renamed to quantity");
      Map<Object, ?> rows = Map.copyOf(Replica.of(harness.sink.taken()).table("t"));
      assertThat(rows).hasSize(6000);
    }
  }

  @Test
  void comesOnceAlthoughTheStreamComesAgain() throws Exception {
    Capture capture = start();
    harness.sql("INSERT INTO t VALUES (1, 1, '')");
    harness.awaitAll(capture);
    int durable = harness.sink.taken().size();
    capture.close();
    Capture second = harness.start(harness.config("t"), harness.resume()); // acknowledges nothing
    harness.sql("ALTER TABLE t RENAME qty TO quantity", "INSERT INTO t VALUES (2, 2, '')");
    String first = texts(second).toString();
    List<SchemaChange> found = second.status().schemaChanges();
    second.close();
    harness.sink.cutTo(durable); // a crash loses what was not synced
    Capture third = restart();

    assertThat(texts(third).toString()).isEqualTo(first);
    assertThat(third.status().schemaChanges()).isEqualTo(found);
    assertThat(rows(harness.sink.taken()).getLast().rows().schema().names()).contains("quantity");
  }

  @Test
  void findsWhatWasAlteredWhileItWasStopped() throws Exception {
    Capture capture = start();
    harness.sql("INSERT INTO t VALUES (1, 1, '')");
    harness.awaitAll(capture);
    capture.close();
    harness.sql(
        "INSERT INTO t VALUES (2, 2, '')",
        "ALTER TABLE t RENAME qty TO quantity",
        "ALTER TABLE t DROP note, ADD note text");

    assertThat(source.check(harness.resume()).changes().stream().map(SchemaChange::text))
        .containsExactly(
            "column note was dropped from t",
            "column qty of t was renamed to quantity",
            "column note (text) was added to t");
    Capture again = restart();
    assertThat(texts(again))
        .containsExactly(
            "column qty of t was renamed to quantity",
            "column note was dropped from t",
            "column note (text) was added to t");
    assertThat(source.check(harness.resume()).changes()).isEqualTo(again.status().schemaChanges());
    again.close();
    assertThat(texts(restart())).hasSize(3); // still to be seen
  }

  @Test
  void tellsOfTablesThatAreRenamedDroppedAndMadeAnew() throws Exception {
    Capture capture = start();
    harness.sql(
        "ALTER TABLE t RENAME TO s",
        "ALTER TABLE s RENAME TO t",
        "DROP TABLE t",
        "CREATE TABLE t (id int PRIMARY KEY, other text)");

    assertThat(texts(capture))
        .containsExactly(
            "t is named public.s now, and was named public.t",
            "t is named public.t now, and was named public.s",
            "public.t, which is t here, was dropped",
            "public.t, which is t here, was made anew");
  }

  @Test
  void tellsOfColumnsThatGoWithTheirType() throws Exception {
    harness.sql("CREATE TYPE colour AS ENUM ('red')", "ALTER TABLE t ADD c colour");
    Capture capture = start();
    harness.sql("DROP TYPE colour CASCADE", "INSERT INTO t VALUES (1, 1, '')");

    assertThat(texts(capture)).containsExactly("column c was dropped from t");
  }

  @Test
  void followsPartitionedTables() throws Exception {
    harness.sql(
        "DROP TABLE t",
        "CREATE TABLE t (id int PRIMARY KEY, qty int) PARTITION BY RANGE (id)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE t2 (extra int, qty int, id int PRIMARY KEY)",
        "ALTER TABLE t2 DROP extra");
    Capture capture = start();
    harness.sql(
        "ALTER TABLE t ATTACH PARTITION t2 FOR VALUES FROM (10) TO (20)",
        "INSERT INTO t VALUES (1, 1), (11, 11)",
        "ALTER TABLE t RENAME qty TO quantity",
        "INSERT INTO t VALUES (2, 2), (12, 12)",
        "ALTER TABLE t DETACH PARTITION t2");

    assertThat(texts(capture)).containsExactly("column qty of t was renamed to quantity");
    assertThat(Replica.of(harness.sink.taken()).table("t").get("12|")).containsExactly(12L, 12L);
  }

  @Test
  void findsTheKeyOfWholeRowsUnderItsNewName() throws Exception {
    harness.sql("ALTER TABLE t REPLICA IDENTITY FULL");
    Capture capture = start();
    harness.sql("ALTER TABLE t RENAME id TO number", "INSERT INTO t VALUES (1, 1, '')");
    harness.awaitAll(capture);

    assertThat(rows(harness.sink.taken()).getLast().keyColumns()).containsExactly(0);
  }

  @Test
  void leavesOutColumnsThatAreNotPublished() throws Exception {
    CaptureHarness.needsServer(15); // column lists
    harness.sql(
        "ALTER TABLE t ADD secret text, ADD twice int GENERATED ALWAYS AS (qty * 2) STORED",
        "CREATE PUBLICATION \"freshet_" + harness.database + "\" FOR TABLE t (id, qty)");
    Capture capture = start();
    harness.sql("INSERT INTO t VALUES (1, 1, '')", "ALTER TABLE t RENAME secret TO hidden");
    harness.sql("INSERT INTO t VALUES (2, 2, '')");

    assertThat(texts(capture)).containsExactly("column secret of t was renamed to hidden");
    assertThat(rows(harness.sink.taken()))
        .allMatch(changes -> changes.rows().schema().names().equals(List.of("id", "qty")));
  }

  @Test
  void isNotDisturbedByWhatOthersWrite() throws Exception {
    Capture capture = start();
    String relation = harness.one("SELECT 't'::regclass::oid");
    harness.sql(
        "SELECT pg_logical_emit_message(true, 'freshet_ddl', '{')",
        "SELECT pg_logical_emit_message(true, 'freshet_ddl', '')",
        "SELECT pg_logical_emit_message(false, 'freshet_ddl', '{\"relation\":" + relation + "}')",
        "SELECT pg_logical_emit_message(true, 'freshet_dd', repeat('x', 100000))",
        "SELECT pg_logical_emit_message(true, 'freshet_ddl_', repeat('x', 2000000))",
        "BEGIN; SELECT pg_logical_emit_message(true, 'freshet_ddl', '{\"relation\":"
            + relation
            + ",\"columns\":[[1,\"x\",23,-1,true,false,\"integer\"]]}');"
            + " INSERT INTO t VALUES (1, 1, 'a'); COMMIT");

    assertThat(Replica.of(harness.awaitAll(capture)).table("t").get("1|"))
        .containsExactly(1L, 1L, "a");
    assertThat(capture.status().state()).isEqualTo(State.STREAMING);
  }

  @Test
  void isKindsOfAllChanges() {
    SchemaChange change = new SchemaChange("t", Kind.UNCLEAR, "", "a", "b, c", "0/1", 0);
    assertThat(change.text())
        .isEqualTo(
            "of t, a is gone, and there is b, c: renamed or altered, or dropped and added, which"
                + " cannot be told apart");
  }
}
