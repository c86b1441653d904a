package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.postgres.PostgresConfig.TableChoice;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each misconfiguration is found before the first row, with the statement that mends it. */
class PreflightTest {
  private CaptureHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness = new CaptureHarness();
    harness.sql("CREATE TABLE orders (id int PRIMARY KEY)");
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void findsNothingWrongWithAGoodSource() {
    SourceCheck check = check(harness.url(), "orders");

    assertThat(check.problems()).isEmpty();
    assertThat(check.tables()).hasSize(1);
    assertThat(check.tables().getFirst().origin()).isEqualTo("public.orders");
    assertThat(check.orThrow()).isSameAs(check);
  }

  @Test
  void refusesAUrlOfAnotherKind() {
    Problem problem = only(check("mysql://root@localhost/x", "orders"));

    assertThat(problem.code()).isEqualTo(ErrorCode.CONFIG_INVALID);
    assertThat(problem.message()).contains("does not begin with postgres://");
  }

  @Test
  void saysThatNoServerListens() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    Problem problem = only(check("postgres://u:secret@127.0.0.1:" + port + "/x", "orders"));

    assertThat(problem.code()).isEqualTo(ErrorCode.SOURCE_UNREACHABLE);
    assertThat(problem.message()).contains("the connection was refused").doesNotContain("secret");
    assertThat(problem.fix()).contains("start the server, or correct host and port");
  }

  @Test
  void saysThatTheHostIsUnknown() {
    ServerAddress address = ServerAddress.parse("postgres://u:p@nowhere/x");
    SQLException failure =
        new SQLException("The connection attempt failed.", "08001", new UnknownHostException());

    assertThat(PgErrors.of("connect", address, failure))
        .hasMessageContaining("u@nowhere:5432/x: the host name is unknown");
  }

  @Test
  void saysThatThePasswordIsWrongWithoutShowingIt() throws Exception {
    harness.sql("CREATE ROLE wrong_pw LOGIN PASSWORD 'right'");
    try {
      Problem problem = only(check(harness.url("wrong_pw", "hunter2"), "orders"));

      assertThat(problem.code()).isEqualTo(ErrorCode.SOURCE_MISCONFIGURED);
      assertThat(problem.message())
          .contains("password authentication failed")
          .doesNotContain("hunter2");
      assertThat(problem.fix()).contains("ALTER ROLE \"wrong_pw\" PASSWORD");
    } finally {
      harness.sql("DROP ROLE wrong_pw");
    }
  }

  @Test
  void saysThatAPasswordIsMissing() throws Exception {
    harness.sql("CREATE ROLE has_pw LOGIN PASSWORD 'right'");
    try {
      Problem problem =
          only(check(harness.url("has_pw", "").replace("has_pw:", "has_pw"), "orders"));

      assertThat(problem.code()).isEqualTo(ErrorCode.SOURCE_MISCONFIGURED);
      assertThat(problem.message()).endsWith("the server wants a password.");
      assertThat(problem.fix()).startsWith("set the environment variable");
    } finally {
      harness.sql("DROP ROLE has_pw");
    }
  }

  @Test
  void saysThatTheDatabaseIsMissing() {
    Problem problem = only(check(harness.url().replaceAll("/t\\d+$", "/nowhere"), "orders"));

    assertThat(problem.message()).contains("database \"nowhere\" does not exist");
  }

  @Test
  void suggestsTablesOfCloseNames() {
    Problem problem = only(check(harness.url(), "ordres"));

    assertThat(problem.code()).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(problem.message()).isEqualTo("Cannot find table public.ordres in the database.");
    assertThat(problem.fix()).isEqualTo("did you mean public.orders?");
  }

  @Test
  void namesEveryTableThatCannotBeCaptured() throws Exception {
    harness.sql(
        "CREATE TABLE nokey (a int)",
        "CREATE TABLE nothing (a int PRIMARY KEY)",
        "ALTER TABLE nothing REPLICA IDENTITY NOTHING",
        "CREATE UNLOGGED TABLE fast (a int PRIMARY KEY)",
        "CREATE VIEW seen AS SELECT 1 AS one",
        "CREATE TABLE whole (a int)",
        "ALTER TABLE whole REPLICA IDENTITY FULL");
    SourceCheck check = check(harness.url(), "nokey", "nothing", "fast", "seen", "whole", "orders");

    assertThat(check.problems()).hasSize(4);
    assertThat(check.problems().get(0).code()).isEqualTo(ErrorCode.TABLE_WITHOUT_KEY);
    assertThat(check.problems().get(0).fix())
        .contains("ALTER TABLE \"public\".\"nokey\" REPLICA IDENTITY FULL");
    assertThat(check.problems().get(1).fix())
        .isEqualTo("ALTER TABLE \"public\".\"nothing\" REPLICA IDENTITY DEFAULT");
    assertThat(check.problems().get(2).message()).contains("unlogged");
    assertThat(check.problems().get(3).message()).contains("it is a view");
    assertThatThrownBy(check::orThrow)
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("nokey")
        .hasMessageContaining("public.seen");
  }

  @Test
  void namesWhatThePlainRoleLacks() throws Exception {
    harness.sql("CREATE ROLE plain LOGIN PASSWORD 'pw'");
    try {
      List<Problem> problems = check(harness.url("plain", "pw"), "orders").problems();

      assertThat(problems.stream().map(Problem::fix))
          .anySatisfy(fix -> assertThat(fix).isEqualTo("ALTER ROLE \"plain\" REPLICATION"))
          .anySatisfy(
              fix -> assertThat(fix).contains("GRANT SELECT ON \"public\".\"orders\" TO \"plain\""))
          .anySatisfy(fix ->
              assertThat(fix).contains("GRANT CREATE ON DATABASE \"" + harness.database + "\""))
          .anySatisfy(fix -> assertThat(fix).contains("as the tables' owner: CREATE PUBLICATION"));
      harness.sql(
          "ALTER ROLE plain REPLICATION",
          "GRANT SELECT ON orders TO plain",
          "CREATE PUBLICATION \"freshet_" + harness.database + "\" FOR TABLE orders");
      assertThat(check(harness.url("plain", "pw"), "orders").problems()).isEmpty();
    } finally {
      harness.sql("DROP OWNED BY plain", "DROP ROLE plain");
    }
  }

  @Test
  void refusesAPublicationThatLeavesThingsOut() throws Exception {
    harness.sql(
        "CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id)",
        "CREATE PUBLICATION \"freshet_"
            + harness.database
            + "\" FOR TABLE orders, parts WITH (publish = 'insert')");
    List<Problem> problems = check(harness.url(), "orders", "parts").problems();

    assertThat(problems).hasSize(2);
    assertThat(problems.get(0).message()).contains("leaves out update, delete, truncate");
    assertThat(problems.get(1).fix()).contains("SET (publish_via_partition_root = true)");
  }

  @Test
  void refusesTwoTablesOfOneName() throws Exception {
    harness.sql("CREATE SCHEMA s", "CREATE TABLE s.orders (id int PRIMARY KEY)");
    Problem problem = only(check(harness.url(), "orders", "s.orders"));

    assertThat(problem.message()).contains("would both be named orders");
  }

  @Test
  void saysThatWalLevelAndSlotsAreWrong(@TempDir Path dir) throws Exception {
    try (EmbeddedPostgres server =
        EmbeddedPostgres.start(
            dir,
            PostgresOptions.fast()
                .with("wal_level", "replica")
                .with("max_replication_slots", "0"))) {
      try (var connection = server.connect();
          var statement = connection.createStatement()) {
        statement.execute("CREATE TABLE orders (id int PRIMARY KEY)");
      }
      String url =
          "postgres://postgres:" + server.password() + "@127.0.0.1:" + server.port() + "/postgres";
      List<Problem> problems = check(url, "orders").problems();

      assertThat(problems.stream().map(Problem::fix))
          .anySatisfy(fix -> assertThat(fix).contains("ALTER SYSTEM SET wal_level = 'logical'"))
          .anySatisfy(
              fix -> assertThat(fix).contains("ALTER SYSTEM SET max_replication_slots = 10"));
    }
  }

  @Test
  void inspectsADatabase() throws Exception {
    harness.sql(
        "CREATE TABLE items (id uuid PRIMARY KEY, price numeric(10, 2) NOT NULL, tags text[])",
        "CREATE TABLE nokey (a int)");
    Inspection inspection = Inspection.of(harness.url());

    assertThat(inspection.serverVersion()).isEqualTo(CaptureHarness.serverVersion());
    assertThat(inspection.tables().stream().map(Inspection.Table::tableName))
        .containsExactly("items", "nokey", "orders");
    Inspection.Table items = inspection.tables().getFirst();
    assertThat(items.key()).containsExactly("id");
    assertThat(items.columns().get(1).serverType()).isEqualTo("numeric(10,2)");
    assertThat(items.schema().type(1).sql()).isEqualTo("DECIMAL(10, 2)");
    assertThat(items.schema().type(2).sql()).isEqualTo("VARCHAR ARRAY");
    assertThat(items.schema().column(1).mayBeNull()).isFalse();
    assertThat(inspection.tables().get(1).problems()).hasSize(1);
  }

  private SourceCheck check(String url, String... tables) {
    List<TableChoice> choices = List.of(tables).stream().map(TableChoice::of).toList();
    return new PostgresSource(
            PostgresConfig.of(harness.database, url, choices), SlotMemory.ofProcess())
        .check(Resume.FROM_NOTHING);
  }

  private static Problem only(SourceCheck check) {
    assertThat(check.problems()).hasSize(1);
    return check.problems().getFirst();
  }
}
