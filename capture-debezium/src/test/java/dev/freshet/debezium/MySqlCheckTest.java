package dev.freshet.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.SourceTable;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.debezium.history.SchemaHistoryFile;
import dev.freshet.mariadb.MariaDbServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** What keeps a source from running, each with what mends it. */
@EnabledIf("serverIsHere")
class MySqlCheckTest {
  @TempDir private Path folder;
  private String database = "";

  static boolean serverIsHere() {
    return MariaDbServer.isHere();
  }

  @BeforeEach
  void makeDatabase() {
    database = SharedServer.newDatabase();
    execute("CREATE TABLE orders (id INT PRIMARY KEY, item VARCHAR(20))");
  }

  @AfterEach
  void dropDatabase() {
    execute("DROP DATABASE " + database, "DROP USER IF EXISTS reader@'%'");
  }

  private void execute(String... statements) {
    List<String> all = new ArrayList<>(List.of("USE " + database));
    all.addAll(List.of(statements));
    SharedServer.get().execute(all.toArray(String[]::new));
  }

  private SourceCheck check(MySqlSettings settings, Resume resume) {
    return DebeziumSource.ofMySql(settings, SharedServer.NO_DRIVERS, () -> new LocalStorage(folder))
        .check(resume);
  }

  private SourceCheck check(MySqlSettings settings) {
    return check(settings, Resume.FROM_NOTHING);
  }

  private SourceCheck checkAs(String user, String password, String... tables) {
    return check(SharedServer.settingsOf(url("mariadb", user), password, tables));
  }

  private String url(String scheme, String user) {
    return scheme + "://" + user + "@127.0.0.1:" + SharedServer.get().port() + "/" + database;
  }

  private static Problem only(SourceCheck check) {
    assertThat(check.problems()).hasSize(1);
    return check.problems().getFirst();
  }

  @Test
  void findsTablesWithKeys() {
    SourceCheck check = check(SharedServer.settings(database, "*"));

    assertThat(check.problems()).isEmpty();
    SourceTable table = check.tables().getFirst();
    assertThat(table.name()).isEqualTo("orders");
    assertThat(table.origin()).isEqualTo(database + ".orders");
    assertThat(table.keyColumns()).containsExactly(0);
  }

  @Test
  void saysWhichDriverToInstallAndWhere() {
    Problem problem = only(check(SharedServer.settingsOf(url("mysql", "admin"), "x", "orders")));

    assertThat(problem.code()).isEqualTo(ErrorCode.SOURCE_MISCONFIGURED);
    assertThat(problem.message())
        .startsWith("Cannot capture MySQL at 127.0.0.1:")
        .contains("its driver is not installed");
    assertThat(problem.fix())
        .isEqualTo(
            "install this: put mysql-connector-j-9.1.0.jar (of Maven:"
                + " com.mysql:mysql-connector-j:9.1.0) into /nonexistent/drivers");
  }

  @Test
  void refusesAWrongPasswordWithoutShowingIt() {
    Problem problem = only(checkAs(MariaDbServer.ADMIN, "a wrong one", "orders"));

    assertThat(problem.message()).startsWith("Cannot log in to MariaDB at 127.0.0.1:");
    assertThat(problem.toString()).doesNotContain("a wrong one");
    assertThat(problem.fix()).contains("password");
  }

  @Test
  void saysThatNobodyListens() {
    Problem problem =
        only(check(SharedServer.settingsOf("mariadb://u@127.0.0.1:1/shop", "x", "orders")));

    assertThat(problem.code()).isEqualTo(ErrorCode.SOURCE_UNREACHABLE);
  }

  @Test
  void grantsWhatAUserLacks() {
    execute(
        "CREATE USER reader@'%' IDENTIFIED BY 'pw'",
        "GRANT SELECT ON " + database + ".* TO reader@'%'");
    Problem problem = only(checkAs("reader", "pw", "orders"));
    assertThat(problem.message()).contains("lacks BINLOG MONITOR, RELOAD, REPLICATION SLAVE");

    execute(problem.fix());
    assertThat(checkAs("reader", "pw", "orders").problems()).isEmpty();
  }

  @Test
  void refusesTablesWithoutKeyViewsAndTablesThatAreNotThere() {
    execute("CREATE TABLE nokey (a INT)", "CREATE VIEW v AS SELECT 1 AS a");
    List<Problem> problems =
        check(SharedServer.settings(database, "nokey", "v", "absent")).problems();

    assertThat(problems)
        .extracting(Problem::code)
        .containsExactly(
            ErrorCode.TABLE_WITHOUT_KEY, ErrorCode.SOURCE_MISCONFIGURED, ErrorCode.NOT_FOUND);
    assertThat(problems.getFirst().fix())
        .isEqualTo("ALTER TABLE `" + database + "`.`nokey` ADD PRIMARY KEY (...)");
    assertThat(problems.get(1).message()).endsWith("it is a view.");
  }

  @Test
  void refusesAColumnThatDebeziumCannotRead() {
    execute("ALTER TABLE orders ADD COLUMN ip INET6");

    assertThat(only(check(SharedServer.settings(database, "orders"))).message())
        .contains("column ip is of type inet6");
  }

  @Test
  void namesColumnsThatAreTakenAsText() {
    execute("ALTER TABLE orders ADD COLUMN big DECIMAL(45,2)");

    assertThat(check(SharedServer.settings(database, "orders")).notes())
        .containsExactly(
            database + ".orders.big has type decimal, which is captured as text (VARCHAR).");
  }

  @Test
  void wantsWholeRowsInTheBinaryLog() {
    execute("SET GLOBAL binlog_format = 'MIXED'", "SET GLOBAL binlog_row_image = 'MINIMAL'");
    try {
      List<Problem> problems = check(SharedServer.settings(database, "orders")).problems();
      assertThat(problems)
          .extracting(Problem::message)
          .satisfiesExactly(
              first -> assertThat(first).contains("binlog_format is MIXED, and must be ROW"),
              second ->
                  assertThat(second).contains("binlog_row_image is MINIMAL, and must be FULL"));
      assertThat(problems.getFirst().fix()).startsWith("SET GLOBAL binlog_format = 'ROW'");
    } finally {
      execute("SET GLOBAL binlog_format = 'ROW'", "SET GLOBAL binlog_row_image = 'FULL'");
    }
  }

  @Test
  void missesATableThatWasNotCapturedSoFar() {
    execute("CREATE TABLE more (id INT PRIMARY KEY)");
    SchemaHistoryFile history =
        SchemaHistoryFile.open(new LocalStorage(folder), "sources/shop.shapes");
    history.note(java.util.Set.of(database + ".orders"));

    Problem problem = only(check(SharedServer.settings(database, "*"), after(1, List.of())));
    assertThat(problem.message()).contains(".more from where the log ends");
  }

  @Test
  void missesTheBinaryLogThatTheServerDeleted() {
    Resume gone =
        new Resume.After(
            new Position(0, 0, "", Map.of("file", "binlog.999999", "pos", 4L)).toBytes(),
            Part.LAST,
            List.of());
    SchemaHistoryFile.open(new LocalStorage(folder), "sources/shop.shapes")
        .note(java.util.Set.of(database + ".orders"));

    Problem problem = only(check(SharedServer.settings(database, "orders"), gone));
    assertThat(problem.code()).isEqualTo(ErrorCode.SOURCE_POSITION_LOST);
    assertThat(problem.message()).contains("binlog.999999");
  }

  /** With the file, each change of a table is known; without it, only that it has not changed. */
  @Test
  void goesOnWithoutTheFileOfShapesOnlyWhenTablesAreAsTheyWere() {
    SourceTable asItWas =
        new SourceTable(
            "orders",
            database + ".orders",
            1,
            Schema.of(
                Column.notNull("id", Simple.INTEGER), Column.nullable("item", Simple.VARCHAR)),
            new int[] {0});

    assertThat(
            check(SharedServer.settings(database, "orders"), after(3, List.of(asItWas))).problems())
        .isEmpty();
    execute("ALTER TABLE orders ADD COLUMN more INT");
    assertThat(
            only(check(SharedServer.settings(database, "orders"), after(3, List.of(asItWas))))
                .code())
        .isEqualTo(ErrorCode.SOURCE_POSITION_LOST);
  }

  private static Resume after(int shapes, List<SourceTable> tables) {
    String file;
    try (var connection = SharedServer.get().connect();
        var statement = connection.createStatement();
        var row = statement.executeQuery("SHOW BINARY LOGS")) {
      row.next();
      file = row.getString(1);
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
    return new Resume.After(
        new Position(0, shapes, "", Map.of("file", file, "pos", 4L)).toBytes(), Part.LAST, tables);
  }
}
