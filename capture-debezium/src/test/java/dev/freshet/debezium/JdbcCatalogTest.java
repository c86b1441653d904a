package dev.freshet.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.SourceTable;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.debezium.MySqlSettings.TableChoice;
import dev.freshet.debezium.MySqlSettings.Tls;
import dev.freshet.debezium.history.SchemaHistoryFile;
import dev.freshet.mariadb.MariaDbServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The check by way of JDBC, where MariaDB's database stands for a schema. */
@EnabledIf("serverIsHere")
class JdbcCatalogTest {
  private static final String POSITION = "commit_lsn";

  @TempDir private Path folder;
  private String database = "";

  static boolean serverIsHere() {
    return MariaDbServer.isHere();
  }

  @BeforeEach
  void makeDatabase() {
    database = SharedServer.newDatabase();
    SharedServer.get()
        .execute(
            "USE " + database,
            "CREATE TABLE orders (b INT, a BIGINT, item VARCHAR(20) NOT NULL, price DECIMAL(9, 2),"
                + " at DATETIME, PRIMARY KEY (a, b))",
            "CREATE TABLE notes (text VARCHAR(20))",
            "CREATE VIEW seen AS SELECT * FROM orders");
  }

  @AfterEach
  void dropDatabase() {
    SharedServer.get().execute("DROP DATABASE " + database);
  }

  /** It has no schemas: its databases are JDBC's catalogs, and stand for them here. */
  private record AnyServer(String database, String schema) implements JdbcCheck.Server {
    @Override
    public String driver() {
      return "";
    }

    @Override
    public String jdbcUrl() {
      return "";
    }

    @Override
    public Properties properties() {
      return new Properties();
    }

    @Override
    public void check(Connection connection, List<Problem> problems) {}

    @Override
    public void check(Connection connection, SourceTable table, List<Problem> problems) {
      if (table.name().equals("notes")) {
        problems.add(JdbcCheck.misconfigured("It is not captured.", "capture it"));
      }
    }
  }

  private SourceCheck check(Resume resume, SchemaHistoryFile history, TableChoice... tables)
      throws SQLException {
    ServerSettings settings =
        new ServerSettings(
            ServerKind.SQLSERVER, "shop", "", "", List.of(tables), Tls.OFF, Map.of(), Map.of());
    String url = "jdbc:mariadb://127.0.0.1:" + SharedServer.get().port() + "/";
    try (Connection connection =
        DriverManager.getConnection(url, MariaDbServer.ADMIN, MariaDbServer.PASSWORD)) {
      return new JdbcCheck(settings, "the server", new AnyServer(database, database))
          .run(connection, resume, history);
    }
  }

  private static TableChoice table(String name) {
    return new TableChoice(name, "");
  }

  @Test
  void findsColumnsAndKeys() throws SQLException {
    SourceCheck check =
        check(Resume.FROM_NOTHING, SchemaHistoryFile.none(), new TableChoice("orders", "sales"));
    assertThat(check.problems()).isEmpty();
    SourceTable found = check.tables().getFirst();
    assertThat(found.name()).isEqualTo("sales");
    assertThat(found.origin()).isEqualTo(database + ".orders");
    assertThat(found.schema().columns())
        .extracting(Column::name, column -> column.type().sql())
        .extracting(Object::toString)
        .containsExactly(
            "(\"b\", \"INTEGER\")",
            "(\"a\", \"BIGINT\")",
            "(\"item\", \"VARCHAR\")",
            "(\"price\", \"DECIMAL(9, 2)\")",
            "(\"at\", \"TIMESTAMP\")");
    assertThat(found.keyColumns()).containsExactly(1, 0);
  }

  @Test
  void saysWhatKeepsTablesFromBeingCaptured() throws SQLException {
    SourceCheck check =
        check(
            Resume.FROM_NOTHING,
            SchemaHistoryFile.none(),
            new TableChoice("*", "*"), // as a project's file gives it
            table("seen"),
            table("missing"));
    assertThat(check.tables()).extracting(SourceTable::name).containsExactly("notes", "orders");
    String all = String.join("\n", check.problems().stream().map(Problem::message).toList());
    assertThat(all)
        .contains(database + ".notes: it has no primary key")
        .contains("seen: it is a view")
        .contains("Cannot find table " + database + ".missing")
        .contains("It is not captured.");
  }

  @Test
  void goesOnOnlyWithTheTablesThatWereCaptured() throws SQLException {
    SchemaHistoryFile history =
        SchemaHistoryFile.open(new LocalStorage(folder), "sources/shop.shapes");
    history.note(Set.of(database + ".other"));
    byte[] position = new Position(0, 1, "", Map.of(POSITION, "A")).toBytes();
    Resume resume = new Resume.After(position, Part.LAST, List.of());
    assertThat(check(resume, history, table("orders")).problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("it was not captured until"));
    assertThat(check(resume, SchemaHistoryFile.none(), table("orders")).problems())
        .singleElement()
        .satisfies(
            problem -> assertThat(problem.message()).contains("shapes, sources/shop.shapes"));
    history.note(Set.of(database + ".orders"));
    assertThat(check(resume, history, table("orders")).problems()).isEmpty();
  }

  @Test
  void knowsTypesThatServersNameThemselves() {
    assertThat(JdbcCatalog.type(-155, "datetimeoffset", 34, 7)).isEqualTo(Simple.TIMESTAMP_LTZ);
    assertThat(JdbcCatalog.type(-101, "TIMESTAMP(6) WITH TIME ZONE", 13, 6))
        .isEqualTo(Simple.TIMESTAMP_LTZ);
    assertThat(JdbcCatalog.type(Types.NUMERIC, "NUMBER", 0, -127)).isEqualTo(Simple.VARCHAR);
    assertThat(JdbcCatalog.type(Types.TINYINT, "tinyint", 3, 0)).isEqualTo(Simple.SMALLINT);
    assertThat(JdbcCatalog.type(Types.DECIMAL, "money", 19, 4).sql()).isEqualTo("DECIMAL(19, 4)");
  }
}
