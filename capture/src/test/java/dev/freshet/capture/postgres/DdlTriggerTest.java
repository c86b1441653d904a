package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.capture.Installable.Change;
import dev.freshet.capture.Resume;
import dev.freshet.core.error.FreshetException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The event trigger at the server: made, mended, removed, and harmless. */
class DdlTriggerTest {
  private CaptureHarness harness;
  private PostgresSource source;

  @BeforeEach
  void open() throws Exception {
    harness = new CaptureHarness();
    harness.sql("CREATE TABLE t (id int PRIMARY KEY, n int)");
    source = harness.source(harness.config("t"));
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private boolean isMissed() {
    return source.check(Resume.FROM_NOTHING).notes().stream()
        .anyMatch(note -> note.contains("no event trigger"));
  }

  @Test
  void isInstalledOnceAndTakenAwayWhole() throws Exception {
    assertThat(source.statements(Change.UNINSTALL)).isEmpty();
    assertThat(isMissed()).isTrue();
    List<String> printed = source.printed(Change.INSTALL);
    assertThat(printed).startsWith("BEGIN").endsWith("COMMIT");
    harness.sql(String.join(";\n", printed) + ";");

    assertThat(isMissed()).isFalse();
    assertThat(source.statements(Change.INSTALL)).isEmpty();
    assertThat(source.printed(Change.INSTALL)).isEmpty();
    source.run(source.statements(Change.UNINSTALL));
    assertThat(isMissed()).isTrue();
    assertThat(
            harness.one(
                "SELECT (SELECT count(*) FROM pg_event_trigger) + (SELECT count(*) FROM"
                    + " pg_namespace WHERE nspname LIKE 'freshet%')"))
        .isEqualTo("0");
  }

  @Test
  void isMadeAnewWhenItIsNotAsItShouldBe() throws Exception {
    for (String damage :
        List.of(
            "ALTER EVENT TRIGGER freshet_ddl_altered DISABLE",
            "ALTER EVENT TRIGGER freshet_ddl_altered ENABLE",
            "DROP EVENT TRIGGER freshet_ddl_dropped",
            "ALTER FUNCTION freshet_ddl.tell() RESET search_path",
            "DROP FUNCTION freshet_ddl.tell() CASCADE",
            "CREATE OR REPLACE FUNCTION freshet_ddl.tell() RETURNS event_trigger LANGUAGE plpgsql"
                + " SET search_path = pg_catalog, pg_temp AS 'BEGIN END'")) {
      source.run(source.statements(Change.INSTALL));
      assertThat(isMissed()).as(damage).isFalse();
      harness.sql(damage);
      assertThat(isMissed()).as(damage).isTrue();
    }
    source.run(source.statements(Change.INSTALL));
    assertThat(isMissed()).isFalse();
  }

  @Test
  void leavesASchemaOfThatNameThatIsNotItsOwn() throws Exception {
    harness.sql("CREATE SCHEMA freshet_ddl", "CREATE TABLE freshet_ddl.precious (id int)");

    for (Change change : Change.values()) {
      assertThatThrownBy(() -> source.statements(change))
          .isInstanceOf(FreshetException.class)
          .hasMessageContaining("that is not Freshet's. Rename or drop it.");
    }
  }

  private static String warnings(Statement statement) throws Exception {
    SQLWarning first = statement.getWarnings();
    return first == null ? "" : first.getMessage();
  }

  /** It has one parameter more since PostgreSQL 17. */
  private static String emitMessage() throws Exception {
    String more = CaptureHarness.serverVersion() >= 170_000 ? ", boolean" : "";
    return "pg_logical_emit_message(boolean, text, bytea" + more + ")";
  }

  @Test
  void neverBreaksAStatement() throws Exception {
    source.run(source.statements(Change.INSTALL));
    String role = "someone_" + harness.database;
    harness.sql(
        "CREATE ROLE " + role + " LOGIN PASSWORD 'x'",
        "GRANT CREATE ON SCHEMA public TO " + role,
        "REVOKE EXECUTE ON FUNCTION " + emitMessage() + " FROM PUBLIC");
    String url = "jdbc:postgresql://127.0.0.1:" + CaptureHarness.server().port() + "/";
    try (Connection connection = DriverManager.getConnection(url + harness.database, role, "x");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE own (id int)");
      assertThat(warnings(statement))
          .startsWith("Freshet is not told of this CREATE TABLE: permission denied");
      statement.execute("ALTER TABLE own ADD n int");
      statement.execute("INSERT INTO own VALUES (1, 2)");
      statement.execute("DROP TABLE own");
    }
    harness.sql("DROP OWNED BY " + role, "DROP ROLE " + role);
  }

  @Test
  void tellsOfWhatUsersWithoutRightsAlter() throws Exception {
    source.run(source.statements(Change.INSTALL));
    String role = "owner_" + harness.database;
    harness.sql("CREATE ROLE " + role + " LOGIN PASSWORD 'x'", "ALTER TABLE t OWNER TO " + role);
    String url = "jdbc:postgresql://127.0.0.1:" + CaptureHarness.server().port() + "/";
    try (Connection connection = DriverManager.getConnection(url + harness.database, role, "x");
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER TABLE t RENAME n TO m");
      assertThat(warnings(statement)).isEmpty();
    }
    harness.sql("ALTER TABLE t OWNER TO postgres", "DROP ROLE " + role);
  }

  @Test
  void saysWhoMayInstallIt() throws Exception {
    String role = "reader_" + harness.database;
    harness.sql("CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD 'x'");
    PostgresSource poor =
        new PostgresSource(
            PostgresConfig.of("shop", harness.url(role, "x"), harness.config("t").tables()),
            harness.memory);

    assertThatThrownBy(() -> poor.run(poor.statements(Change.INSTALL)))
        .hasMessageContaining("permission denied")
        .hasMessageContaining("let a superuser run the statements that --print shows");

    PostgresSource rich = new PostgresSource(harness.config("t"), harness.memory);
    rich.run(rich.statements(Change.INSTALL));
    assertThat(poor.statements(Change.INSTALL)).as("what stands is seen without rights").isEmpty();
    assertThat(poor.check(Resume.FROM_NOTHING).problems().toString()).doesNotContain("freshet_ddl");
    rich.run(rich.statements(Change.UNINSTALL));
    harness.sql("DROP ROLE " + role);
  }
}
