package dev.freshet.sourcetest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Installable.Change;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.jdbc.Connector;
import dev.freshet.capture.trigger.TriggerSettings;
import dev.freshet.capture.trigger.TriggerSource;
import dev.freshet.mariadb.MariaDbServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

@EnabledIf("serverIsHere")
class TriggerMariaDbTest extends TriggerContract {
  @TempDir private static Path home;
  private static MariaDbServer server;

  static boolean serverIsHere() {
    return MariaDbServer.isHere();
  }

  @BeforeAll
  static void startServer() {
    server = MariaDbServer.start(home.resolve("mariadb"));
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  private record Schema(String name) implements Database {
    @Override
    public Connector connector() {
      return () -> {
        Connection connection = server.connect();
        connection.setCatalog(name);
        return connection;
      };
    }

    /** A time that no day has. */
    @Override
    public String badRow() {
      return "INSERT INTO orders VALUES (6, 'no time of a day', NULL, '-200:00:00')";
    }

    @Override
    public String numbers() {
      return "SELECT seq AS i FROM seq_1000_to_11999";
    }

    @Override
    public boolean readsAnewForAColumn() {
      return true;
    }

    @Override
    public void drop() {
      sql("DROP DATABASE " + name);
    }
  }

  @Override
  Database newDatabase(String name) {
    server.execute("CREATE DATABASE " + name);
    return new Schema(name);
  }

  @Test
  void hasTheSameValuesFromSnapshotAndChanges() {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    String values =
        ", 1, 7, 200, 70000, 9000000000, 18446744073709551615, 0.1, 1e-30, 12.34, 42, 1, b'100000001',"
            + " 'é\"\\\\', 'text', x'00ff', '2026-01-31', '10:30:00.5', '2026-01-31 10:30:00.123456',"
            + " '2026-01-31 10:30:00', 2026, '{\"a\": 1}', 'red',"
            + " '123e4567-e89b-12d3-a456-426614174000', ST_GeomFromText('POINT(1 2)'))";
    database.sql(
        "CREATE TABLE kinds (id int PRIMARY KEY, a bool, b tinyint, c tinyint unsigned, d int, e bigint,"
            + " f bigint unsigned, g float, h double, i decimal(10, 2), j int(5) zerofill, k bit(1),"
            + " l bit(9), m char(5) CHARACTER SET latin1, n text, o varbinary(10), p date, q time(1),"
            + " r datetime(6), s timestamp NULL, t year, u json, v enum('red', 'blue'), w uuid, x point)",
        "SET time_zone = '+00:00'",
        "INSERT INTO kinds VALUES (1" + values);
    TriggerSource source = source(database, "kinds");
    install(source);
    RecordingLog log = new RecordingLog();
    try (Capture _ = start(source, log)) {
      log.await(() -> log.size() == 1);
      database.sql(
          "SET NAMES latin1",
          "SET NAMES utf8mb4",
          "SET time_zone = '+09:00'",
          "INSERT INTO kinds VALUES (2"
              + values.replace("31 10:30:00', 2026", "31 19:30:00', 2026"));
      log.await(() -> log.content().getOrDefault("kinds", List.of()).size() == 2);
      List<String> rows = log.content().get("kinds");
      assertThat(rows.get(1).replace("\"id\":2", "\"id\":1")).isEqualTo(rows.get(0));
      assertThat(rows.getFirst())
          .startsWith(
              "{\"id\":1,\"a\":1,\"b\":7,\"c\":200,\"d\":70000,\"e\":9000000000,"
                  + "\"f\":18446744073709551615,\"g\":0.10000000149011612,\"h\":1.0E-30,\"i\":12.34,\"j\":42,\"k\":true,"
                  + "\"l\":\"AQE=\",\"m\":\"é\\\"\\\\\",\"n\":\"text\",\"o\":\"AP8=\","
                  + "\"p\":\"2026-01-31\",\"q\":\"10:30:00.500\",\"r\":\"2026-01-31T10:30:00.123456\","
                  + "\"s\":\"2026-01-31T10:30:00Z\",\"t\":2026,\"u\":\"{\\\"a\\\": 1}\",\"v\":\"red\","
                  + "\"w\":\"123e4567-e89b-12d3-a456-426614174000\",\"x\":\"");
    } finally {
      fixture.close();
    }
  }

  @Test
  void saysWhichForeignKeysChangeRowsUnseen() {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    database.sql(
        "CREATE TABLE parts (id INT PRIMARY KEY, order_id INT, FOREIGN KEY (order_id) REFERENCES"
            + " orders (id) ON DELETE CASCADE)",
        "CREATE TABLE odd (id INT PRIMARY KEY) ENGINE=MyISAM");
    try {
      assertThat(source(database, "parts").check(Resume.FROM_NOTHING).notes().toString())
          .contains("ON DELETE CASCADE", "not seen");
      assertThat(source(database, "odd").check(Resume.FROM_NOTHING).problems().toString())
          .contains("ENGINE = InnoDB");
    } finally {
      fixture.close();
    }
  }

  /**
   * MariaDB commits each statement by itself. Wherever installing ends, a table that has nothing
   * left to do is marked, so that what no trigger saw is read.
   */
  @Test
  void marksATableBeforeItsTriggersAreDone() {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    TriggerSource source = source(database, ORDERS);
    try {
      source.run(source.statements(Change.UNINSTALL));
      List<String> statements = source.statements(Change.INSTALL);
      assertThat(triggersBeforeMark(statements, ORDERS)).contains("INSERT", "UPDATE", "DELETE");
      for (String each : statements) {
        assertThat(triggersBeforeMark(source.statements(Change.INSTALL), ORDERS)).isNotEmpty();
        database.sql(each);
      }
      assertThat(source.statements(Change.INSTALL)).isEmpty();
      assertThat(database.count("freshet_shop_changes WHERE op = 's'")).isEqualTo(1);
    } finally {
      fixture.close();
    }
  }

  private static List<String> triggersBeforeMark(List<String> statements, String table) {
    List<String> events = new ArrayList<>();
    for (String each : statements) {
      Matcher creates = Pattern.compile("AFTER (\\w+) ON `\\w+`\\.`" + table + "`").matcher(each);
      if (creates.find()) {
        events.add(creates.group(1));
      } else if (each.contains("'s'") && each.contains("." + table + "'")) {
        return events;
      }
    }
    throw new AssertionError("no mark of " + table + " in " + statements);
  }

  /**
   * Without TRIGGER on a table its triggers are hidden, and without their change table they fail.
   */
  @Test
  void uninstallsTriggersThatItsUserCannotSee() throws SQLException {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    String schema = database.name();
    database.sql(
        "CREATE USER reader IDENTIFIED BY 'a secret'",
        "GRANT SELECT ON " + schema + ".orders TO reader",
        "GRANT SELECT, DELETE ON " + schema + ".freshet_shop_changes TO reader");
    TriggerSource source = source(connectorOf("reader", database), ORDERS);
    try {
      String grant = "GRANT TRIGGER ON `" + schema + "`.`orders` TO 'reader'@'%'";
      assertThat(source.check(Resume.FROM_NOTHING).problems().toString()).contains(grant);
      database.sql(source.statements(Change.UNINSTALL).toArray(String[]::new));
      database.sql("INSERT INTO orders (id, item, amount) VALUES (20, 'goes on', NULL)");
      assertThat(source.statements(Change.UNINSTALL)).isEmpty();
    } finally {
      database.sql("DROP USER reader");
      fixture.close();
    }
  }

  /**
   * Not the rights of who writes count, but those of who made the triggers, as long as they are.
   */
  @Test
  void installsWithTheRightsThatTheGuideNames() {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    String orders = database.name() + ".orders";
    String changes = database.name() + ".freshet_shop_changes";
    TriggerSource source = source(connectorOf("installer", database), ORDERS);
    database.sql(source(database, ORDERS).statements(Change.UNINSTALL).toArray(String[]::new));
    database.sql(
        "CREATE USER installer IDENTIFIED BY 'a secret'",
        "GRANT TRIGGER, SELECT ON " + orders + " TO installer",
        "GRANT CREATE, DROP, INSERT ON " + changes + " TO installer",
        "SET GLOBAL log_bin_trust_function_creators = 1");
    try {
      install(source);
      database.sql("INSERT INTO orders (id, item, amount) VALUES (20, 'new', NULL)");
      database.sql("REVOKE SELECT ON " + orders + " FROM installer");
      assertThatThrownBy(() -> database.sql("DELETE FROM orders"))
          .hasStackTraceContaining("denied to user 'installer'");
      database.sql("GRANT SELECT ON " + orders + " TO installer");
      source.run(source.statements(Change.UNINSTALL));
      database.sql("DELETE FROM orders");
    } finally {
      database.sql("SET GLOBAL log_bin_trust_function_creators = 0", "DROP USER installer");
      fixture.close();
    }
  }

  private static Connector connectorOf(String user, Database database) {
    return () ->
        DriverManager.getConnection(
            "jdbc:mariadb://127.0.0.1:" + server.port() + "/" + database.name(), user, "a secret");
  }

  /** Such a server keeps all names in lower case, whatever is written. */
  @Test
  void takesNamesAsAServerKeepsThemThatKnowsNoUpperCase() throws SQLException {
    try (MariaDbServer lower =
        MariaDbServer.start(home.resolve("lower"), "--lower-case-table-names=1")) {
      lower.execute(
          "CREATE DATABASE shop", "CREATE TABLE shop.Orders (id INT PRIMARY KEY, item TEXT)");
      Connector connector =
          () -> {
            Connection connection = lower.connect();
            connection.setCatalog("Shop");
            return connection;
          };
      TriggerSource source =
          source(connector, "Freshet_Shop_Changes", List.of(table("Orders", ORDERS)));
      install(source);
      assertThat(source.statements(Change.INSTALL)).isEmpty();
      List<TriggerSettings.Table> twice =
          List.of(table("Orders", "Orders"), table("orders", ORDERS));
      assertThat(
              source(connector, "changes", twice).check(Resume.FROM_NOTHING).problems().toString())
          .contains("takes it twice, as Orders and as orders");
      RecordingLog log = new RecordingLog();
      try (Capture capture = start(source, log)) {
        log.await(() -> capture.status().state() == State.STREAMING);
        lower.execute("INSERT INTO shop.orders VALUES (1, 'pen')");
        log.await(() -> log.content().getOrDefault(ORDERS, List.of()).size() == 1);
        assertThat(capture.status().lastError()).isEmpty();
      }
      source.run(source.statements(Change.UNINSTALL));
      lower.execute("INSERT INTO shop.orders VALUES (2, 'ink')");
    }
  }
}
