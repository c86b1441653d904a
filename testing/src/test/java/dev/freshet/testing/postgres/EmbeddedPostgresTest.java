package dev.freshet.testing.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {
  /** That the build names, such as 18.6.0. */
  private static final String VERSION = System.getProperty("postgres.version", "");

  @TempDir Path dir;

  @Test
  void startsWithLogicalReplicationAndKeepsDataOverACleanStop() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(dir, PostgresOptions.fast())) {
      assertThat(query(postgres, "SHOW wal_level")).isEqualTo("logical");
      assertThat(query(postgres, "SHOW server_version") + ".0").isEqualTo(VERSION);
      boolean foldsAllOfUnicode = VERSION.compareTo("17") >= 0;
      assertThat(query(postgres, "SELECT upper('straße é')"))
          .isEqualTo(foldsAllOfUnicode ? "STRAßE É" : "STRAßE é");
      execute(postgres, "CREATE TABLE kept AS SELECT 42 AS answer");
    }
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(dir, PostgresOptions.durable())) {
      assertThat(query(postgres, "SELECT answer FROM kept")).isEqualTo("42");
      assertThat(query(postgres, "SHOW fsync")).isEqualTo("on");
      assertThat(Files.readString(postgres.log())).doesNotContain("not properly shut down");
    }
  }

  @Test
  void recoversCommittedDataAfterAKill() throws Exception {
    EmbeddedPostgres killed = EmbeddedPostgres.start(dir, PostgresOptions.fast());
    execute(killed, "CREATE TABLE kept AS SELECT 42 AS answer");
    killed.kill();
    assertThat(killed.isRunning()).isFalse();
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(dir, PostgresOptions.fast())) {
      assertThat(query(postgres, "SELECT answer FROM kept")).isEqualTo("42");
      assertThat(Files.readString(postgres.log())).contains("not properly shut down");
    }
  }

  @Test
  void stopsWhenItsOwnerIsKilled() throws Exception {
    Process owner =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Owner.class.getName(),
                dir.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      long pid =
          Long.parseLong(
              new BufferedReader(
                      new InputStreamReader(owner.getInputStream(), StandardCharsets.UTF_8))
                  .readLine());
      ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
      assertThat(server.isAlive()).isTrue();
      owner.destroyForcibly();
      assertThat(owner.waitFor()).as("killed, not ended by itself").isEqualTo(128 + 9);
      server.onExit().get(30, TimeUnit.SECONDS);
    } finally {
      owner.destroyForcibly();
    }
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(dir, PostgresOptions.fast())) {
      assertThat(query(postgres, "SELECT answer FROM kept")).isEqualTo("42");
    }
  }

  /** A program that starts a server and does not stop it. */
  static final class Owner {
    public static void main(String[] args) throws Exception {
      EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(args[0]), PostgresOptions.fast());
      execute(postgres, "CREATE TABLE kept AS SELECT 42 AS answer");
      System.out.println(postgres.pid());
      System.out.flush();
      int end = System.in.read(); // waits until it is killed, or its own owner is gone
      System.exit(end);
    }
  }

  @Test
  void saysWhyTheServerDoesNotStart() {
    PostgresOptions wrong = PostgresOptions.fast().with("wal_level", "perhaps");
    assertThatThrownBy(() -> EmbeddedPostgres.start(dir, wrong))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("Cannot start PostgreSQL in " + dir)
        .hasMessageContaining("invalid value for parameter \"wal_level\"");
  }

  @Test
  void refusesAWrongPassword() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(dir, PostgresOptions.fast())) {
      assertThat(Files.getPosixFilePermissions(dir.resolve("password"))).hasSize(2);
      assertThatThrownBy(() ->
              java.sql.DriverManager.getConnection(
                  postgres.jdbcUrl("postgres"), EmbeddedPostgres.USER, "wrong"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password authentication failed");
    }
  }

  private static String query(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = postgres.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void execute(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = postgres.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
