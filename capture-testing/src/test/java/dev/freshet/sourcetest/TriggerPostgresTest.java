package dev.freshet.sourcetest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Installable.Change;
import dev.freshet.capture.Resume;
import dev.freshet.capture.jdbc.Connector;
import dev.freshet.capture.trigger.TriggerSource;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TriggerPostgresTest extends TriggerContract {
  @TempDir private static Path home;
  private static EmbeddedPostgres server;

  @BeforeAll
  static void startServer() {
    server = EmbeddedPostgres.start(home.resolve("postgres"), PostgresOptions.fast());
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  /** A schema. */
  private record Schema(String name) implements Database {
    @Override
    public Connector connector() {
      return () -> {
        Connection connection = server.connect();
        connection.setSchema(name);
        return connection;
      };
    }

    @Override
    public String badRow() {
      return "INSERT INTO orders (id, item, amount) VALUES (6, 'no number', 'NaN')";
    }

    @Override
    public String numbers() {
      return "SELECT i FROM generate_series(1000, 11999) AS i";
    }

    @Override
    public boolean readsAnewForAColumn() {
      return false;
    }

    @Override
    public void drop() {
      sql("DROP SCHEMA " + name + " CASCADE");
    }
  }

  @Override
  Database newDatabase(String name) {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return new Schema(name);
  }

  @Test
  void deliversEachTransactionByItselfInAnOrderThatCanBe() throws SQLException {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    RecordingLog log = new RecordingLog();
    try (Connection first = database.connector().open();
        Statement one = first.createStatement()) {
      first.setAutoCommit(false);
      one.execute("UPDATE orders SET item = 'x' WHERE id = 1");
      database.sql("UPDATE orders SET item = 'y' WHERE id = 2");
      one.execute("UPDATE orders SET item = 'z' WHERE id = 1");
      first.commit();
      try (Capture _ = start(source(database, ORDERS), log)) {
        log.await(() -> log.size() == 1);
      }
      one.execute("UPDATE orders SET item = 'p' WHERE id = 1");
      database.sql("UPDATE orders SET item = 'q' WHERE id = 2");
      one.execute("UPDATE orders SET item = 'r' WHERE id = 1");
      first.commit();
      try (Capture _ = start(source(database, ORDERS), log)) {
        log.await(() -> log.content().toString().contains("\"r\""));
      }
      List<ChangeSet> changes = log.all();
      assertThat(changes).hasSize(3).allMatch(set -> set.part() == Part.LAST);
      assertThat(changes.get(1).tables().getFirst().rowCount()).isEqualTo(1);
      assertThat(log.history(ORDERS, "id=1"))
          .containsSubsequence(
              "{\"id\":1,\"item\":\"p\",\"amount\":10.50,\"at\":null}",
              "{\"id\":1,\"item\":\"r\",\"amount\":10.50,\"at\":null}");
    } finally {
      fixture.close();
    }
  }

  @Test
  void emptiesATableThatIsTruncated() {
    Fixture fixture = fixture(Path.of(""));
    RecordingLog log = new RecordingLog();
    try (Capture _ = start(source(fixture.database, ORDERS), log)) {
      log.await(() -> log.size() == 1);
      fixture.database.sql(
          "TRUNCATE orders", "INSERT INTO orders (id, item, amount) VALUES (30, 'after', NULL)");
      log.await(() -> log.content().get(ORDERS).size() == 1);
    } finally {
      fixture.close();
    }
  }

  /** Its change of the row is made within the first one, and must come behind it. */
  @Test
  void writesChangesOfOtherTriggersBehindTheOneThatFiredThem() {
    Fixture fixture = fixture(Path.of(""));
    fixture.database.sql(
        "CREATE FUNCTION louder() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE orders SET"
            + " item = upper(item) WHERE id = NEW.id; RETURN NULL; END'",
        "CREATE TRIGGER a_first AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION louder()");
    RecordingLog log = new RecordingLog();
    try (Capture _ = start(source(fixture.database, ORDERS), log)) {
      log.await(() -> log.size() == 1);
      fixture.database.sql("INSERT INTO orders (id, item, amount) VALUES (40, 'soft', NULL)");
      log.await(() -> log.content().toString().contains("SOFT"));
    } finally {
      fixture.close();
    }
  }

  /** Neither the rights nor the settings of who writes matter. */
  @Test
  void takesChangesOfUsersWithoutRightsOnTheChangeTable() throws SQLException {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    String schema = database.name();
    database.sql(
        "CREATE ROLE writer_" + schema,
        "GRANT USAGE ON SCHEMA " + schema + " TO writer_" + schema,
        "GRANT ALL ON orders TO writer_" + schema);
    RecordingLog log = new RecordingLog();
    try (Capture _ = start(source(database, ORDERS), log)) {
      log.await(() -> log.size() == 1);
      database.sql(
          "SET ROLE writer_" + schema,
          "SET search_path = pg_catalog",
          "INSERT INTO " + schema + ".orders (id, item, amount) VALUES (50, 'theirs', 5)");
      log.await(() -> log.content().toString().contains("theirs"));
    } finally {
      fixture.close();
      database.sql("DROP ROLE writer_" + schema);
    }
  }

  @Test
  void hasTheSameValuesFromSnapshotAndChanges() {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    String values =
        ", true, 7, 70000, 9000000000, 0.1, 1e-30, 1.5, 12.34, 'ab', 'text', '\\x00ff',"
            + " '2026-01-31', '10:30:00.5', '2026-01-31 10:30:00.123456',"
            + " '2026-01-31 10:30:00+02', '123e4567-e89b-12d3-a456-426614174000',"
            + " '{\"a\": [1, null]}', '{\"b\": 1}', '{1,NULL,3}', '{a,\"b c\"}', '1 day', '$3.50',"
            + " 'red', 5)";
    database.sql(
        "CREATE TYPE colour AS ENUM ('red')",
        "CREATE DOMAIN positive AS int CHECK (VALUE > 0)",
        "CREATE TABLE kinds (id int PRIMARY KEY, a bool, b int2, c int4, d int8, e float4, f float8,"
            + " g numeric, h numeric(10, 2), i char(5), j text, k bytea, l date, m time, n timestamp,"
            + " o timestamptz, p uuid, q json, r jsonb, s int[], t text[], u interval, v money,"
            + " w colour, x positive)",
        "INSERT INTO kinds VALUES (1" + values);
    TriggerSource source = source(database, "kinds");
    install(source);
    RecordingLog log = new RecordingLog();
    try (Capture _ = start(source, log)) {
      log.await(() -> log.size() == 1);
      database.sql(
          "SET TimeZone = 'Asia/Tokyo'",
          "SET extra_float_digits = -5",
          "SET bytea_output = 'escape'",
          "SET IntervalStyle = 'sql_standard'",
          "INSERT INTO kinds VALUES (2"
              + values.replace("2026-01-31 10:30:00+02", "2026-01-31 10:30+02"));
      log.await(() -> log.content().getOrDefault("kinds", List.of()).size() == 2);
      List<String> rows = log.content().get("kinds");
      assertThat(rows.get(1).replace("\"id\":2", "\"id\":1")).isEqualTo(rows.get(0));
      assertThat(rows.getFirst())
          .isEqualTo(
              "{\"id\":1,\"a\":true,\"b\":7,\"c\":70000,\"d\":9000000000,\"e\":0.10000000149011612,\"f\":1.0E-30,"
                  + "\"g\":1.500000000000000000,\"h\":12.34,\"i\":\"ab\",\"j\":\"text\",\"k\":\"AP8=\","
                  + "\"l\":\"2026-01-31\",\"m\":\"10:30:00.500\",\"n\":\"2026-01-31T10:30:00.123456\","
                  + "\"o\":\"2026-01-31T08:30:00Z\",\"p\":\"123e4567-e89b-12d3-a456-426614174000\","
                  + "\"q\":{\"a\": [1, null]},\"r\":{\"b\": 1},\"s\":[1,null,3],\"t\":[\"a\",\"b c\"],"
                  + "\"u\":\"1 day\",\"v\":\"$3.50\",\"w\":\"red\",\"x\":5}");
    } finally {
      fixture.close();
    }
  }

  /** Between the last reading and the new name a row was changed: its value is not lost. */
  @Test
  void readsATableAnewWhoseColumnGotAnotherName() {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    RecordingLog log = new RecordingLog();
    try {
      try (Capture _ = start(source(database, ORDERS), log)) {
        log.await(() -> log.size() == 1);
      }
      database.sql(
          "UPDATE orders SET item = 'before' WHERE id = 1",
          "ALTER TABLE orders RENAME COLUMN item TO thing");
      try (Capture _ = start(source(database, ORDERS), log)) {
        log.await(() -> log.content().get(ORDERS).toString().contains("\"thing\":\"before\""));
      }
    } finally {
      fixture.close();
    }
  }

  @Test
  void namesATriggerThatIsSwitchedOffAndReadsAnewWhatItMissed() {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    RecordingLog log = new RecordingLog();
    TriggerSource source = source(database, ORDERS);
    try (Capture _ = start(source, log)) {
      log.await(() -> log.size() == 1);
      database.sql(
          "ALTER TABLE orders DISABLE TRIGGER ALL",
          "UPDATE orders SET item = 'unseen' WHERE id = 1");
      assertThat(source.check(log.resume()).problems().toString())
          .contains("00_freshet_shop_changes_", "ENABLE ALWAYS TRIGGER");
      install(source);
      log.await(() -> log.content().get(ORDERS).toString().contains("unseen"));
    } finally {
      fixture.close();
    }
  }

  /** A crash of the database may undo what such a session committed, and old rows come again. */
  @Test
  void deletesForGoodAlsoWhereCommitsDoNotWaitForTheDisk() {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    database.sql(
        "CREATE TABLE seen (setting text)",
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO seen VALUES"
            + " (current_setting(''synchronous_commit'')); RETURN NULL; END'",
        "CREATE TRIGGER note AFTER DELETE ON freshet_shop_changes EXECUTE FUNCTION note()");
    Connector hasty = connector(database, "SET synchronous_commit = off");
    RecordingLog log = new RecordingLog();
    try (Capture _ = start(source(hasty, ORDERS), log)) {
      log.await(() -> database.count("freshet_shop_changes") == 0);
      assertThat(database.count("seen WHERE setting = 'on'")).isPositive();
      assertThat(database.count("seen WHERE setting <> 'on'")).isZero();
    } finally {
      fixture.close();
    }
  }

  /** Of connections that begin with a statement. */
  private static Connector connector(Database database, String statement) {
    return () -> {
      Connection connection = database.connector().open();
      try (Statement first = connection.createStatement()) {
        first.execute(statement);
      }
      return connection;
    };
  }

  /** With it, whoever owns some table could write rows of other tables into the change table. */
  @Test
  void letsNobodyElseTakeItsFunction() {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    TriggerSource source = source(database, ORDERS);
    try {
      for (String spoils :
          List.of(
              "SELECT 1",
              "GRANT EXECUTE ON FUNCTION freshet_shop_changes_write() TO PUBLIC",
              "ALTER FUNCTION freshet_shop_changes_write() SET search_path = public",
              "ALTER FUNCTION freshet_shop_changes_write() RESET ALL",
              "ALTER FUNCTION freshet_shop_changes_write() SECURITY INVOKER")) {
        database.sql(spoils);
        if (!spoils.startsWith("SELECT")) {
          assertThat(source.check(Resume.FROM_NOTHING).problems().toString())
              .as(spoils)
              .contains("is not as it should be", "REVOKE ALL");
          install(source);
        }
        assertThat(source.check(Resume.FROM_NOTHING).problems()).as(spoils).isEmpty();
        assertThat(
                database.count(
                    "(SELECT 1 WHERE has_function_privilege('public',"
                        + " 'freshet_shop_changes_write()', 'EXECUTE')) x"))
            .as(spoils)
            .isZero();
      }
    } finally {
      fixture.close();
    }
  }

  /**
   * With each partition come the triggers, which their function's owner alone could make: whoever
   * it is, and also where all may make them until the function is mended.
   */
  @Test
  void letsTheOwnerOfAPartitionedTableMakePartitions() {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    String schema = database.name();
    database.sql(
        "CREATE ROLE keeper",
        "GRANT ALL ON SCHEMA " + schema + " TO keeper",
        "CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id)",
        "ALTER TABLE parts OWNER TO keeper");
    TriggerSource ofKeeper = source(connector(database, "SET ROLE keeper"), "parts");
    TriggerSource source = source(database, "parts");
    try {
      database.sql(ofKeeper.printed(Change.INSTALL).toArray(String[]::new));
      assertThat(source.check(Resume.FROM_NOTHING).problems()).isEmpty();
      database.sql(
          "SET ROLE keeper",
          "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10)",
          "INSERT INTO parts VALUES (5)");
      assertThat(database.count("freshet_shop_changes WHERE op = 'i'")).isEqualTo(1);
      String onFunction = "EXECUTE ON FUNCTION freshet_shop_changes_write()";
      database.sql("GRANT " + onFunction + " TO PUBLIC", "REVOKE " + onFunction + " FROM keeper");
      assertThat(source.check(Resume.FROM_NOTHING).problems().toString())
          .contains("Cannot make partitions of table " + schema + ".parts", "its owner keeper");
      install(source);
      assertThat(source.check(Resume.FROM_NOTHING).problems()).isEmpty();
      database.sql(
          "SET ROLE keeper",
          "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10) TO (20)");
    } finally {
      database.sql("DROP OWNED BY keeper CASCADE", "DROP ROLE keeper");
      fixture.close();
    }
  }

  /** Changes of its children fire none of its triggers. */
  @Test
  void readsNoRowsOfTablesThatInheritFromIt() {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    database.sql(
        "CREATE TABLE special (extra text) INHERITS (orders)",
        "INSERT INTO special (id, item) VALUES (9, 'a child')",
        "CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id)",
        "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10)",
        "INSERT INTO parts VALUES (5)");
    TriggerSource source = source(database, ORDERS, "parts");
    install(source);
    RecordingLog log = new RecordingLog();
    try (Capture _ = start(source, log)) {
      log.await(() -> log.content().containsKey("parts"));
      assertThat(log.content().get(ORDERS)).hasSize(2);
      assertThat(source.check(Resume.FROM_NOTHING).notes().toString())
          .contains("orders: rows of tables that inherit from it are not taken");
    } finally {
      fixture.close();
    }
  }

  @Test
  void printsOneTransaction() {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    TriggerSource source = source(database, ORDERS);
    try {
      source.run(source.statements(Change.UNINSTALL));
      List<String> printed = source.printed(Change.INSTALL);
      assertThat(printed).startsWith("BEGIN").endsWith("COMMIT").hasSize(11);
      database.sql(printed.toArray(String[]::new));
      assertThat(source.printed(Change.INSTALL)).isEmpty();
      assertThat(source.printed(Change.UNINSTALL)).hasSize(4);
    } finally {
      fixture.close();
    }
  }
}
