package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.system.FreshetSystem;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees of bad input: one error that says how to mend it, and nothing half-created. */
class BadInputTest {
  @TempDir private static Path server;
  private static EmbeddedPostgres postgres;

  @TempDir private Path folder;

  @BeforeAll
  static void startPostgres() throws SQLException {
    postgres = EmbeddedPostgres.start(server, PostgresOptions.fast());
    execute(
        "CREATE TABLE keyed (id INTEGER PRIMARY KEY, name TEXT)",
        "CREATE TABLE keyless (id INTEGER)",
        "CREATE TABLE places (id INTEGER PRIMARY KEY, name TEXT, at POINT, open INTERVAL)",
        "CREATE ROLE reader LOGIN PASSWORD 'reader'");
  }

  @AfterAll
  static void stopPostgres() {
    postgres.close();
  }

  @Test
  void refusesAnAddressOfAnotherKind() {
    Path made = folder.resolve("made");
    assertFails("postgres://user@host", "init", made.toString(), "--from", "oracle://host/db");
    assertThat(made).doesNotExist();
  }

  @Test
  void saysThatNoServerListens() {
    Path made = folder.resolve("made");
    assertFails(
        "connection was refused. Fix: start the server",
        "init",
        made.toString(),
        "--from",
        "postgres://postgres@127.0.0.1:1/db");
    assertThat(made).doesNotExist();
  }

  @Test
  void saysThatThePasswordIsWrongAndDoesNotPrintIt() {
    String url = "postgres://postgres:mistaken@127.0.0.1:" + postgres.port() + "/postgres";
    String error =
        assertFails("password", "init", folder.resolve("made").toString(), "--from", url);
    assertThat(error).doesNotContain("mistaken");
  }

  @Test
  void saysThatTheDatabaseDoesNotExist() {
    String url = postgres.uriWithPassword("nowhere");
    assertFails(
        "database \"nowhere\" does not exist",
        "init",
        folder.resolve("made").toString(),
        "--from",
        url);
  }

  @Test
  void leavesAFolderAloneThatIsNotEmpty() throws IOException {
    Files.writeString(folder.resolve("mine.txt"), "mine");
    assertFails("not empty", "init", folder.toString());
    assertThat(folder).isDirectoryNotContaining("glob:**/freshet.yaml");
  }

  @Test
  void leavesNothingBehindWhenATableHasNoKey() throws Exception {
    project("keyless", postgres.uriWithPassword("postgres"), 0);
    assertFails("ADD PRIMARY KEY", "up", folder.toString());
    assertNothingCreated();
  }

  @Test
  void namesTheMissingPrivilege() throws Exception {
    project("keyed", "postgres://reader:reader@127.0.0.1:" + postgres.port() + "/postgres", 0);
    assertFails("ALTER ROLE \"reader\" REPLICATION", "up", folder.toString());
    assertNothingCreated();
  }

  @Test
  void leavesNothingBehindWhenThePortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      project("keyed", postgres.uriWithPassword("postgres"), taken.getLocalPort());
      assertFails(Integer.toString(taken.getLocalPort()), "up", folder.toString());
    }
    assertNothingCreated();
  }

  @Test
  void saysWhichColumnsHaveATypeThatIsTakenAsText() throws Exception {
    project("places", postgres.uriWithPassword("postgres"), 0);
    assertThat(check())
        .contains("public.places.at has type point, which is captured as text (VARCHAR)")
        .contains("public.places.open has type interval, which is captured as text (VARCHAR)")
        .contains("name the others in contracts/places.yaml");
  }

  @Test
  void refusesAContractThatPromisesMoreThanTextOfSuchAType() throws Exception {
    project("places", postgres.uriWithPassword("postgres"), 0);
    contract("places", "  id: INTEGER NOT NULL\n  at: DOUBLE\n");
    String error =
        assertFails(
            "contracts/places.yaml: column at is promised as DOUBLE", "up", folder.toString());
    assertThat(error).contains("is VARCHAR in public.places");
    assertNothingCreated();

    contract("places", "  id: INTEGER NOT NULL\n  name: VARCHAR\n");
    assertThat(check()).contains("1 tables can be captured");
  }

  @Test
  void saysHowToTurnLogicalReplicationOn(@TempDir Path otherServer) throws Exception {
    try (EmbeddedPostgres physical =
        EmbeddedPostgres.start(otherServer, PostgresOptions.fast().with("wal_level", "replica"))) {
      try (Connection connection = physical.connect();
          var statement = connection.createStatement()) {
        statement.execute("CREATE TABLE keyed (id INTEGER PRIMARY KEY)");
      }
      project("keyed", physical.uriWithPassword("postgres"), 0);
      assertFails("wal_level is replica, and must be logical", "check", folder.toString());
      assertFails("ALTER SYSTEM SET wal_level = 'logical'", "up", folder.toString());
      assertThat(folder.resolve(".freshet")).doesNotExist();
    }
  }

  @Test
  void refusesASlotOfAnotherProjectAndLeavesItAlone() throws Exception {
    execute("SELECT pg_create_logical_replication_slot('freshet_db', 'pgoutput')");
    try {
      project("keyed", postgres.uriWithPassword("postgres"), 0);
      assertFails("not made for this data directory", "check", folder.toString());
      assertFails("SELECT pg_drop_replication_slot('freshet_db')", "up", folder.toString());
      assertThat(folder.resolve(".freshet")).doesNotExist();
    } finally {
      execute("SELECT pg_drop_replication_slot('freshet_db')"); // fails if it is gone
    }
  }

  /** What kill -9 leaves behind must not pass for a process that runs. */
  @Test
  void takesTheAddressOfADeadProcessForWhatItIs() throws Exception {
    project("keyed", postgres.uriWithPassword("postgres"), 0);
    Path killed = folder.resolve("killed");
    Files.createDirectories(killed.resolve(".freshet"));
    Files.createDirectories(killed.resolve("sources"));
    Files.copy(folder.resolve("freshet.yaml"), killed.resolve("freshet.yaml"));
    Files.copy(folder.resolve("sources/db.yaml"), killed.resolve("sources/db.yaml"));
    Files.writeString(killed.resolve(".freshet/server.address"), "http://127.0.0.1:1\n");
    assertFails("freshet up", "status", "--project", killed.toString());
    assertFails("freshet up", "status", killed.toString());
    assertFails("freshet up", "query", "--project", killed.toString(), "SELECT 1");
    try (FreshetSystem other = FreshetSystem.start(ProjectReader.read(folder, Map.of(), ""))) {
      assertThat(other.address()).startsWith("http");
      awaitReader();
      assertFails("reads from it", "check", killed.toString());
    } finally {
      execute("SELECT pg_drop_replication_slot('freshet_db')", "DROP PUBLICATION freshet_db");
    }
  }

  @Test
  void readsHowManyConnectionsTakeTheSnapshot() throws IOException {
    project("keyed", postgres.uriWithPassword("postgres"), 0);
    Path source = folder.resolve("sources/db.yaml");
    Files.writeString(source, Files.readString(source) + "\nsnapshot-connections: 33\n");
    assertFails("It takes a whole number from 1 to 32", "check", folder.toString());
  }

  @Test
  void pointsAtAnUnknownSetting() throws IOException {
    project("keyed", postgres.uriWithPassword("postgres"), 0);
    Files.writeString(folder.resolve("freshet.yaml"), "name: bad\ncolour: red\n");
    assertFails("freshet.yaml:2", "check", folder.toString());
    assertFails("freshet.yaml:2", "check", "--project", folder.toString());
    assertFails("freshet.yaml:2", "up", "--project", folder.toString());
  }

  @Test
  void pointsAtAMistakeInYaml() throws IOException {
    project("keyed", postgres.uriWithPassword("postgres"), 0);
    Files.writeString(folder.resolve("freshet.yaml"), "name: [bad\n");
    assertFails("at freshet.yaml:", "check", folder.toString());
  }

  @Test
  void pointsAtSqlThatDoesNotParse() throws IOException {
    model("SELEC 1", "x");
    assertFails("models/gold/x.sql:1", "check", folder.toString());
  }

  @Test
  void pointsAtAnUnknownColumnAndTable() throws IOException {
    model("SELECT absent FROM keyed", "x");
    assertThat(assertFails("models/gold/x.sql:1", "check", folder.toString())).contains("absent");
    model("SELECT id FROM absent", "x");
    assertThat(assertFails("models/gold/x.sql:1", "check", folder.toString())).contains("absent");
  }

  @Test
  void namesModelsThatReadEachOther() throws IOException {
    model("SELECT id FROM y", "x");
    model("SELECT id FROM x", "y");
    assertThat(assertFails("x", "check", folder.toString())).contains("y");
  }

  @Test
  void showsSqlErrorsBeforeTheSourceIsAsked() throws IOException {
    model("SELECT absent FROM keyed", "x");
    Files.writeString(
        folder.resolve("sources/db.yaml"),
        "kind: postgres\nurl: postgres://u@127.0.0.1:1/d\ntables: [public.keyed]\n");
    Files.createDirectories(folder.resolve("contracts"));
    Files.writeString(
        folder.resolve("contracts/keyed.yaml"),
        "key: [id]\ncolumns:\n  id: INTEGER NOT NULL\n  name: VARCHAR\n");
    assertFails("models/gold/x.sql:1", "check", folder.toString());
  }

  @Test
  void saysHowToStartAProjectThatDoesNotRun() throws IOException {
    project("keyed", postgres.uriWithPassword("postgres"), 0);
    assertFails("freshet up", "status", "--project", folder.toString());
    assertFails("freshet up", "query", "--project", folder.toString(), "SELECT 1");
  }

  @Test
  void refusesASecondProcessAndStillChecksBesideTheFirst() throws Exception {
    project("keyed", postgres.uriWithPassword("postgres"), 0);
    try (FreshetSystem running = FreshetSystem.start(ProjectReader.read(folder, Map.of(), ""))) {
      assertThat(running.address()).startsWith("http");
      awaitReader();
      assertFails("Another Freshet process", "up", folder.toString());
      assertThat(check()).contains("1 tables can be captured");
    } finally {
      execute("SELECT pg_drop_replication_slot('freshet_db')", "DROP PUBLICATION freshet_db");
    }
  }

  /** A slot is also in use for a moment while it is being made; what reads it streams. */
  private static void awaitReader() throws Exception {
    long end = System.nanoTime() + 30_000_000_000L;
    boolean isRead = false;
    while (!isRead) {
      assertThat(System.nanoTime()).as("someone reads the slot").isLessThan(end);
      try (Connection connection = postgres.connect();
          var statement = connection.createStatement();
          ResultSet row =
              statement.executeQuery(
                  "SELECT count(*) FROM pg_replication_slots s JOIN pg_stat_replication r"
                      + " ON r.pid = s.active_pid"
                      + " WHERE s.slot_name = 'freshet_db' AND r.state = 'streaming'")) {
        isRead = row.next() && row.getInt(1) == 1;
      }
    }
  }

  private String check() {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    assertThat(run(out, err, "check", folder.toString())).as(err.toString()).isZero();
    return out.toString();
  }

  private void contract(String table, String columns) throws IOException {
    Files.createDirectories(folder.resolve("contracts"));
    Files.writeString(
        folder.resolve("contracts/" + table + ".yaml"), "key: [id]\ncolumns:\n" + columns);
  }

  private void model(String sql, String name) throws IOException {
    project("keyed", postgres.uriWithPassword("postgres"), 0);
    Files.createDirectories(folder.resolve("models/gold"));
    Files.writeString(folder.resolve("models/gold/" + name + ".sql"), sql + "\n");
  }

  private void project(String table, String url, int port) throws IOException {
    Files.createDirectories(folder.resolve("sources"));
    Files.writeString(folder.resolve("freshet.yaml"), "name: bad\nserve:\n  port: " + port + "\n");
    Files.writeString(
        folder.resolve("sources/db.yaml"),
        "kind: postgres\nurl: " + url + "\ntables: [public." + table + "]\n");
  }

  private void assertNothingCreated() throws SQLException {
    assertThat(folder.resolve(".freshet")).doesNotExist();
    try (Connection connection = postgres.connect();
        ResultSet left =
            connection
                .createStatement()
                .executeQuery(
                    "SELECT (SELECT COUNT(*) FROM pg_replication_slots)"
                        + " + (SELECT COUNT(*) FROM pg_publication)")) {
      assertThat(left.next()).isTrue();
      assertThat(left.getInt(1)).isZero();
    }
  }

  private static String assertFails(String message, String... args) {
    StringWriter err = new StringWriter();
    int exit = run(new StringWriter(), err, args);
    assertThat(err.toString()).contains(message).doesNotContain("\tat ");
    assertThat(exit).isEqualTo(1);
    return err.toString();
  }

  private static int run(StringWriter out, StringWriter err, String... args) {
    return FreshetCommand.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  private static void execute(String... statements) throws SQLException {
    try (Connection connection = postgres.connect();
        var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
