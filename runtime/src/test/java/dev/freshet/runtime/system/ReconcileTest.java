package dev.freshet.runtime.system;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.error.FreshetException;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.serve.backend.Reconciled;
import dev.freshet.serve.backend.Reconciled.Table;
import dev.freshet.serve.backend.SystemStatus.ReconcileStatus;
import dev.freshet.serve.text.ReconciledText;
import dev.freshet.testing.files.WorkFolder;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A running project is compared with its PostgreSQL, which is being written to. */
class ReconcileTest {
  private static final String TABLES = "orders, words, bag";

  private static final WorkFolder SERVER = WorkFolder.create("freshet-reconcile-test");
  private static EmbeddedPostgres postgres;
  private static int databases;

  @TempDir private Path folder;
  private String database = "";
  private @Nullable Connection connection;

  @BeforeAll
  static void startTheServer() {
    postgres = EmbeddedPostgres.start(SERVER.path(), PostgresOptions.fast());
  }

  @AfterAll
  static void stopTheServer() {
    postgres.close();
    SERVER.close();
  }

  @BeforeEach
  void makeTheTables() throws Exception {
    database = "d" + ++databases;
    postgres.createDatabase(database);
    connection = postgres.connect(database);
    sql(
        "CREATE TABLE orders (id bigint PRIMARY KEY, amount numeric(12, 3), rate numeric, f float8,"
            + " r real, note text, at timestamptz, tags text[])",
        """
        INSERT INTO orders SELECT i, i / 8.0, round(i / 3.0, 9), CASE i % 4 WHEN 0 THEN 'NaN' WHEN 1 THEN '-0' WHEN 2 THEN
          '-Infinity' ELSE i / 7.0 END::float8, i / 3.0, CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE
          E'a\\tb\\\\"' || chr(128512) || repeat('x', i % 5000) END, now() + i * interval '1 s', ARRAY[NULL, 'y"', i::text]
        FROM generate_series(1, 3000) i
        """,
        "CREATE TABLE words (lang text, word varchar(40), f float8, n int, bytes bytea, PRIMARY KEY (lang,"
            + " word, f))",
        """
        INSERT INTO words SELECT (ARRAY['de', 'DE', 'Æ', 'ß'])[i % 4 + 1], E'w\\'"\\\\ ' || i,
          CASE WHEN i % 2 = 0 THEN '-0' ELSE i END::float8, i, decode(to_hex(i % 256 + 4096), 'hex') FROM
          generate_series(1, 500) i
        """,
        "CREATE TABLE bag (a int, b text)",
        "ALTER TABLE bag REPLICA IDENTITY FULL",
        "INSERT INTO bag VALUES (1, 'x'), (NULL, NULL), (2, NULL)");
    write("freshet.yaml", "name: shop\nserve:\n  port: 0\n");
    writeTheSource("");
  }

  private void writeTheSource(String more) throws IOException {
    write(
        "sources/shop.yaml",
        "kind: postgres\nurl: "
            + postgres.uriWithPassword(database)
            + "\ntables: [public.orders, public.words, public.bag]\nslot: "
            + database
            + "\npublication: freshet\n"
            + more);
  }

  @AfterEach
  void dropTheSlot() throws Exception {
    if (connection != null) {
      sql(
          "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database ="
              + " current_database() AND NOT active");
      connection.close();
    }
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve("project").resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private void sql(String... statements) throws SQLException {
    assertThat(connection).isNotNull();
    try (Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  /** Changes rows so that the stream leaves it out. */
  private void unseen(String ordersIds, String... statements) throws SQLException {
    sql(
        "ALTER PUBLICATION freshet SET TABLE orders WHERE (id NOT IN ("
            + ordersIds
            + ")), words WHERE (lang NOT IN ('de', 'xx')), bag");
    sql(statements);
    sql("ALTER PUBLICATION freshet SET TABLE " + TABLES);
  }

  private FreshetSystem start() throws InterruptedException {
    FreshetSystem system =
        FreshetSystem.start(ProjectReader.read(folder.resolve("project"), Map.of(), ""));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!system.status().sources().getFirst().state().equals("streaming")) {
      assertThat(System.nanoTime()).as(system.status().toString()).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return system;
  }

  private static Reconciled reconcile(FreshetSystem system, boolean repair) {
    return system.backend().reconcile("shop", List.of(), repair).getFirst();
  }

  private static Table table(Reconciled.Comparison comparison, String name) {
    return comparison.tables().stream()
        .filter(table -> table.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> keys(Table table) {
    return table.shown().stream().map(row -> row.kind() + " " + row.key()).toList();
  }

  /** Writes to orders past 1000 and to all words but German ones. */
  private final class Load implements AutoCloseable {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong commits = new AtomicLong();
    private @Nullable Exception failure;
    private final Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              try {
                write();
              } catch (Exception e) {
                failure = e;
              }
            });

    private void write() throws SQLException {
      SplittableRandom random = new SplittableRandom(1);
      try (Connection own = postgres.connect(database);
          Statement statement = own.createStatement()) {
        while (!stop.get()) {
          int id = 1001 + random.nextInt(2000);
          switch (random.nextInt(5)) {
            case 0 -> statement.execute("DELETE FROM orders WHERE id = " + id);
            case 1 ->
                statement.execute(
                    "INSERT INTO orders VALUES ("
                        + id
                        + ", 1, 2, 3, 4, repeat('long', 3000)) ON CONFLICT (id) DO UPDATE SET amount"
                        + " = orders.amount + 1");
            case 2 ->
                statement.execute(
                    "UPDATE words SET n = n + 1 WHERE lang = 'DE' AND n % 10 = " + id % 10);
            default ->
                statement.execute(
                    "UPDATE orders SET amount = amount + 1 WHERE id % 97 = 5 AND id > 1000");
          }
          commits.incrementAndGet();
        }
      }
    }

    @Override
    public void close() {
      stop.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      assertThat(failure).isNull();
    }
  }

  @Test
  void findsExactlyWhatDiffersUnderLoadAndMendsExactlyThat() throws Exception {
    try (FreshetSystem system = start();
        Load load = new Load()) {
      for (int i = 0; i < 5; i++) {
        long before = load.commits.get();
        Reconciled equal = reconcile(system, false);
        assertThat(equal.first().isEqual()).as(equal.toString()).isTrue();
        assertThat(equal.first().rows()).isGreaterThan(1500);
        assertThat(load.commits.get()).isGreaterThan(before);
      }
      unseen(
          "1, 2, 3, 4, 5001",
          "DELETE FROM orders WHERE id IN (1, 2)",
          "UPDATE orders SET f = 0.5 WHERE id = 3",
          "UPDATE orders SET note = NULL WHERE id = 4",
          "INSERT INTO orders (id) VALUES (5001)",
          "INSERT INTO words VALUES ('xx', E'\\\\\"''', 'NaN', 1, NULL)",
          "DELETE FROM words WHERE lang = 'de' AND n = 4");

      Reconciled found = reconcile(system, false);
      List<String> orders =
          List.of(
              "EXTRA {\"id\":1}",
              "EXTRA {\"id\":2}",
              "DIFFERENT {\"id\":3}",
              // The row that was NULL before is the same.
              "DIFFERENT {\"id\":4}",
              "MISSING {\"id\":5001}");
      assertThat(keys(table(found.first(), "orders"))).isEqualTo(orders);
      assertThat(keys(table(found.first(), "words")))
          .containsExactlyInAnyOrder(
              "EXTRA {\"lang\":\"de\",\"word\":\"w'\\\"\\\\ 4\",\"f\":0.0}",
              "MISSING {\"lang\":\"xx\",\"word\":\"\\\\\\\"'\",\"f\":\"NaN\"}");
      assertThat(table(found.first(), "bag").isEqual()).isTrue();
      assertThat(system.status().problems())
          .anySatisfy(text -> assertThat(text).contains("7 rows"));

      Reconciled repaired = reconcile(system, true);
      assertThat(keys(table(repaired.first(), "orders"))).isEqualTo(orders);
      assertThat(repaired.repair().orElseThrow().corrected()).isEqualTo(7);
      assertThat(repaired.last().isEqual()).as(repaired.toString()).isTrue();
      assertThat(system.status().problems()).isEmpty();
      ReconcileStatus status = system.status().reconciled().getFirst();
      assertThat(status.corrected()).isEqualTo(7);
      assertThat(status.differences()).isZero();

      // What comes later for the same rows applies as ever.
      sql(
          "UPDATE orders SET note = 'later' WHERE id IN (3, 5001)",
          "INSERT INTO orders (id) VALUES (1)",
          "DELETE FROM orders WHERE id = 4");
      assertThat(reconcile(system, false).first().isEqual()).isTrue();
      system.awaitApplied(10, TimeUnit.SECONDS);
      Batch rows =
          system
              .backend()
              .query("SELECT id, note FROM orders WHERE id IN (1, 2, 3, 4, 5001)", 9)
              .rows();
      assertThat(
              java.util.stream.IntStream.range(0, rows.rowCount())
                  .mapToObj(row -> JsonText.row(rows, row)))
          .containsExactlyInAnyOrder(
              "{\"id\":1,\"note\":null}",
              "{\"id\":3,\"note\":\"later\"}",
              "{\"id\":5001,\"note\":\"later\"}");
    }
    try (FreshetSystem again = start()) {
      assertThat(reconcile(again, false).first().isEqual()).isTrue();
    }
  }

  @Test
  void takesRowsThatTheContractKeepsOutForWhatTheyAre() throws Exception {
    write(
        "contracts/orders.yaml",
        "table: orders\nkey: [id]\ncolumns:\n  id: BIGINT\n  note: VARCHAR NOT NULL\n");
    try (FreshetSystem system = start()) {
      Table first = table(reconcile(system, false).first(), "orders");
      assertThat(first.isEqual()).as(first.toString()).isTrue();
      assertThat(first.keptOut()).isEqualTo(1000);
      // Its version before stays.
      sql(
          "UPDATE orders SET note = NULL WHERE id = 1",
          "UPDATE orders SET rate = 0.12345678901234567890123 WHERE id = 4");
      Table second = table(reconcile(system, false).first(), "orders");
      assertThat(second.isEqual()).as(second.toString()).isTrue();
      assertThat(second.keptOut()).isEqualTo(1002);
      assertThat(second.heldRows()).isEqualTo(2000);
      unseen("2", "DELETE FROM orders WHERE id = 2");
      Reconciled repaired = reconcile(system, true);
      assertThat(keys(table(repaired.first(), "orders"))).containsExactly("EXTRA {\"id\":2}");
      assertThat(repaired.last().isEqual()).as(repaired.toString()).isTrue();
    }
  }

  /** Of types without a binary form the stream sends text, and all other values as text too. */
  @Test
  void comparesTypesThatAreCapturedAsTextAndPartitionedTables() throws Exception {
    sql(
        "CREATE TYPE mood AS ENUM ('ok', 'so so')",
        "CREATE TABLE odd (m mood, r int4range, p point, i interval, j jsonb, js json, n inet, c char(8),"
            + " mo money, b bit(3), ts timestamp, big text, PRIMARY KEY (m, r))",
        """
        INSERT INTO odd SELECT (ARRAY['ok', 'so so']::mood[])[x % 2 + 1], int4range(x, x + 5), point(x, 1.5), x *
          interval '1 day 3 s', jsonb_build_object('a', ARRAY[x, NULL], 'ä', 1.50), '{"a" : 1}', '10.0.0.1/8', 'ab ',
          x::text::money, B'101', '0044-03-15 BC', repeat(md5(x::text), 400) FROM generate_series(1, 300) x
        """,
        "CREATE TABLE events (id int, day date, v text, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
        "CREATE TABLE events_old PARTITION OF events FOR VALUES FROM (MINVALUE) TO ('2026-01-01')",
        "CREATE TABLE events_new PARTITION OF events FOR VALUES FROM ('2026-01-01') TO (MAXVALUE)",
        "INSERT INTO events SELECT x, '2025-12-01'::date + x, 'v' FROM generate_series(1, 60) x");
    write(
        "sources/shop.yaml",
        "kind: postgres\nurl: "
            + postgres.uriWithPassword(database)
            + "\ntables: [public.odd, public.events]\nslot: "
            + database
            + "\npublication: freshet\n");
    try (FreshetSystem system = start()) {
      assertThat(reconcile(system, false).first().isEqual()).isTrue();
      sql(
          "UPDATE odd SET i = i + interval '1 month' WHERE m = 'ok'",
          "UPDATE odd SET r = int4range(1000, 1000 + ('x' || substr(big, 1, 4))::bit(16)::int) WHERE m"
              + " = 'so so' AND upper(r) < 100",
          "UPDATE events SET day = day + 40 WHERE id < 10");
      Reconciled equal = reconcile(system, false);
      assertThat(equal.first().isEqual()).as(equal.toString()).isTrue();
      assertThat(equal.first().rows()).isEqualTo(360);

      sql(
          "ALTER PUBLICATION freshet SET TABLE odd WHERE (NOT r <@ '[100,200)'::int4range), events WHERE (id <> 50)",
          "DELETE FROM odd WHERE lower(r) = 102",
          "UPDATE odd SET n = '::1' WHERE lower(r) = 104",
          "UPDATE events SET v = 'lost' WHERE id = 50",
          "ALTER PUBLICATION freshet SET TABLE odd, events");
      Reconciled repaired = reconcile(system, true);
      assertThat(keys(table(repaired.first(), "odd")))
          .containsExactlyInAnyOrder(
              "EXTRA {\"m\":\"ok\",\"r\":\"[102,107)\"}",
              "DIFFERENT {\"m\":\"ok\",\"r\":\"[104,109)\"}");
      assertThat(keys(table(repaired.first(), "events")))
          .containsExactly("DIFFERENT {\"id\":50,\"day\":\"2026-01-20\"}");
      assertThat(repaired.repair().orElseThrow().corrected()).isEqualTo(3);
      assertThat(repaired.last().isEqual()).as(repaired.toString()).isTrue();
    }
  }

  @Test
  void comparesByItselfAsOftenAsTheSourceSays() throws Exception {
    writeTheSource("reconcile: {every: 1s, repair: true}\n");
    try (FreshetSystem system = start()) {
      unseen("1", "DELETE FROM orders WHERE id = 1");
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (system.status().reconciled().stream().noneMatch(each -> each.corrected() == 1)) {
        assertThat(System.nanoTime()).as(system.status().toString()).isLessThan(end);
        TimeUnit.MILLISECONDS.sleep(50);
      }
      assertThat(folder.resolve("project/.freshet/sources/shop.reconciled")).exists();
    }
  }

  @Test
  void keepsWhatWasFoundOfATableWhenAnotherOneIsCompared() throws Exception {
    try (FreshetSystem system = start()) {
      unseen("1, 2", "DELETE FROM orders WHERE id IN (1, 2)");
      assertThat(table(reconcile(system, false).first(), "orders").extra()).isEqualTo(2);
      assertThat(
              system
                  .backend()
                  .reconcile("shop", List.of("words"), false)
                  .getFirst()
                  .last()
                  .isEqual())
          .isTrue();
      assertThat(system.status().reconciled().getFirst().differences()).isEqualTo(2);
      assertThat(system.status().problems())
          .anySatisfy(text -> assertThat(text).contains("2 rows"));
      system.backend().reconcile("shop", List.of("orders"), true);
      assertThat(system.status().problems()).isEmpty();
    }
  }

  @Test
  void comparesTheOtherTablesWhenOneIsGone() throws Exception {
    try (FreshetSystem system = start()) {
      sql("DROP TABLE words");
      Reconciled found = reconcile(system, false);
      assertThat(table(found.first(), "orders").isCompared()).isTrue();
      assertThat(table(found.first(), "orders").isEqual()).isTrue();
      assertThat(table(found.first(), "words").outcome()).isEqualTo(Reconciled.Outcome.UNREADABLE);
      assertThat(found.first().isEqual()).isFalse();
      assertThat(ReconciledText.lines(List.of(found)).getLast())
          .isEqualTo("2 tables, 3,003 rows: 0 rows differ; 1 tables could not be compared");
      assertThat(system.status().problems())
          .anySatisfy(text -> assertThat(text).contains("table words:"));
      assertThat(system.backend().reconcile("shop", List.of("orders"), false).getFirst().last())
          .matches(Reconciled.Comparison::isEqual);
    }
  }

  /** Together they are more than a change set may have. */
  @Test
  void correctsAnyNumberOfWideRows() throws Exception {
    try (FreshetSystem system = start()) {
      String ids = IntStream.range(9000, 9036).mapToObj(String::valueOf).collect(joining(", "));
      unseen(
          ids,
          "INSERT INTO orders (id, note) SELECT i, repeat('w', 2000000) FROM generate_series(9000,"
              + " 9035) i");
      Reconciled repaired = reconcile(system, true);
      assertThat(repaired.repair().orElseThrow().corrected()).isEqualTo(36);
      assertThat(repaired.last().isEqual()).as(repaired.toString()).isTrue();
    }
  }

  @Test
  void saysWhenThereIsNothingToCompare() {
    Reconciled.Comparison none =
        new Reconciled.Comparison(
            "0/1", 1, List.of(Table.notCompared("hits", "it keeps no rows")), 1, 1);
    assertThat(ReconciledText.lines(List.of(new Reconciled("shop", none, Optional.empty()))))
        .containsExactly(
            "shop as of 0/1, step 1; its changes waited 1 ms",
            "not compared  hits: it keeps no rows",
            "0 tables, 0 rows: nothing compared");
  }

  @Test
  void refusesWhatIsNotThere() throws Exception {
    try (FreshetSystem system = start()) {
      assertThatThrownBy(() -> system.backend().reconcile("shp", List.of(), false))
          .isInstanceOf(FreshetException.class)
          .hasMessageContaining("Did you mean shop?");
      assertThatThrownBy(() -> system.backend().reconcile("", List.of("order"), false))
          .isInstanceOf(FreshetException.class)
          .hasMessageContaining("Did you mean orders?");
      Reconciled words = system.backend().reconcile("", List.of("words"), false).getFirst();
      assertThat(words.first().tables()).extracting(Table::name).containsExactly("words");
    }
    writeTheSource("reconcile: {every: 1h, repair: maybe}\n");
    assertThatThrownBy(this::start)
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("sources/shop.yaml:");
  }
}
