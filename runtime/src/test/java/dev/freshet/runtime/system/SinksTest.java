package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.serve.backend.SystemStatus.SinkStatus;
import dev.freshet.serve.text.StatusText;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sinks of a project that runs: beside each other, and through what fails. */
@Timeout(300)
class SinksTest {
  @TempDir private Path folder;
  @TempDir private Path home;
  private HttpProject project;

  @BeforeEach
  void createTheProject() throws Exception {
    project = HttpProject.create(folder);
  }

  @AfterEach
  void stopTheProject() {
    project.close();
  }

  private void writeSink(String name, String text) throws Exception {
    project.write("sinks/" + name + ".yaml", text);
  }

  private void check() {
    ProjectCheck.run(ProjectReader.read(folder, Map.of(), ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kind: postgre, model: users    | Invalid kind of sink: postgre. Did you mean postgres? Kinds are: postgres, http.
          kind: http, model: pagse, url: 'http://127.0.0.1:1/' | Cannot find model or table: pagse. Did you mean pages? There are:
          kind: http, model: beats, url: 'http://127.0.0.1:1/' | Cannot write beats to a sink: it keeps no rows
          kind: postgres, model: clicks, url: 'postgres://u@h/d' | it has no key by which rows are updated and deleted
          kind: postgres, model: users   | url
          kind: postgres, model: users, url: 'postgres://u:hidden@h' | Invalid PostgreSQL URL: it names no host, or no database
          kind: http, model: users, url: 'http://u:hidden@h/x' | Invalid url: it is an address of HTTP without user and password
          kind: http, model: users, url: 'http://127.0.0.1:1/', outbox: 1KiB | Invalid outbox: 1KiB. It must be 64KiB or more.
          kind: http, model: users, url: 'http://127.0.0.1:1/', timeout: 0s | Invalid timeout: it is between 1s and 1h.
          kind: http, model: users, url: 'http://127.0.0.1:1/', headers: {Host: x} | Invalid header: Host.
          kind: http, model: users, url: 'http://127.0.0.1:1/', tabel: x | Invalid setting: tabel.
          kind: http, model: users, url: 'http://127.0.0.1:1/' | Failed to connect to http://127.0.0.1:1/
          """)
  void nameWhatIsWrongAndWhere(String settings, String message) throws Exception {
    writeSink("out", "{" + settings + "}\n");
    assertThatThrownBy(this::check)
        .hasMessageContaining(message)
        .hasMessageContaining("sinks/out.yaml")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void goOnBesideOneThatHangsWhichGetsAllRowsWhenTooMuchWaited() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast());
        Receiver receiver = new Receiver()) {
      writeSink("db", postgres(server, "users"));
      writeSink("hook", "kind: http\nmodel: users\nurl: " + receiver.url() + "\noutbox: 64KiB\n");
      project.start();
      await(() -> isStreaming("db") && isStreaming("hook"));
      receiver.hang();
      for (int post = 0; post < 12; post++) {
        postUsers(post * 300, 300, "a".repeat(50));
        assertThat(sink("hook").bytesBehind()).isLessThan(128 << 10);
      }
      awaitUsers(server, "3600," + "a".repeat(50));
      assertThat(project.system().status().lake().waitingRows()).isLessThan(10_000);
      await(() -> project.system().publishedStep() > 0);
      postUsers(0, 300, "b");
      receiver.answer();
      await(() -> isStreaming("hook") && sink("hook").step() == sink("db").step());
      assertThat(sink("hook").copied()).contains("65536 bytes of changes waited");
      assertThat(receiver.bodies().getLast()).contains("\"last\":true");
      assertThat(receiver.bodies().stream().filter(b -> b.contains("\"name\":\"b\""))).isNotEmpty();
      assertThat(StatusText.lines(project.system().status()).toString())
          .contains("ROWS BEHIND", "at-least-once", "transactional");
      assertThat(project.get("/metrics"))
          .contains("freshet_sink_up{sink=\"hook\"} 1", "freshet_sink_behind_rows{sink=\"db\"} 0");
    }
  }

  @Test
  void comeBackByThemselvesAndGetWhatTheyMissed() throws Exception {
    int port;
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast())) {
      port = server.port();
      writeSink("db", postgres(server, "users") + "timeout: 5s\n");
      project.start();
      await(() -> isStreaming("db"));
      postUsers(0, 10, "a");
      awaitUsers(server, "10,a");
    }
    postUsers(0, 10, "b");
    await(() -> sink("db").state().equals("failing"));
    assertThat(sink("db").rowsBehind()).isPositive();
    assertThat(project.system().status().healthy()).isFalse();
    assertThat(project.system().status().problems().toString())
        .contains("Sink db waits and tries again", "cannot be reached");
    assertThat(project.query("SELECT COUNT(*) FROM users WHERE name = 'b'")).isEqualTo("10\n");
    project.stop();
    project.start(); // though its receiver is away
    postUsers(10, 5, "b");

    try (EmbeddedPostgres server =
        EmbeddedPostgres.start(home, PostgresOptions.fast().withPort(port))) {
      awaitUsers(server, "15,b");
      await(() -> project.system().status().healthy());
      assertThat(sink("db").copied()).as("changes were enough").isEmpty();
      assertThat(sink("db").rowsBehind()).isZero();
    }
  }

  @Test
  void giveAnotherReceiverTheWholeContent() throws Exception {
    try (Receiver first = new Receiver();
        Receiver second = new Receiver()) {
      writeSink("hook", "kind: http\nmodel: users\nurl: " + first.url() + "\n");
      project.start();
      postUsers(0, 3, "a");
      await(() -> String.join("", first.bodies()).contains("\"a\""));
      project.stop();
      writeSink("hook", "kind: http\nmodel: users\nurl: " + second.url() + "\n");
      project.start();
      postUsers(3, 1, "b");

      await(() -> String.join("", second.bodies()).contains("\"b\""));
      assertThat(String.join("", second.bodies())).contains("\"a\"");
      assertThat(second.bodies().getFirst()).contains("\"snapshot\":true");
      assertThat(String.join("", first.bodies())).doesNotContain("\"b\"");
    }
  }

  @Test
  void getAllRowsOfAModelThatHasChanged() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home, PostgresOptions.fast())) {
      project.write("models/gold/names.sql", names("name"));
      writeSink("db", postgres(server, "names"));
      project.start();
      postUsers(0, 3, "a");
      await(() -> query(server, "SELECT COUNT(*), MIN(name) FROM names").equals("1,a"));

      project.write("models/gold/names.sql", names("UPPER(name)"));
      project.system().apply();
      await(() -> query(server, "SELECT COUNT(*), MIN(name) FROM names").equals("1,A"));
      assertThat(sink("db").copied()).isEqualTo("the model has changed");
      postUsers(3, 3, "b");
      await(() -> query(server, "SELECT COUNT(*), MAX(name) FROM names").equals("2,B"));

      project.write("models/gold/names.sql", "SELECT name FROM users\n");
      assertThatThrownBy(() -> project.system().apply()).hasMessageContaining("sinks/db.yaml");
      project.write("sinks/more.yaml", "kind: http\nmodel: users\nurl: http://127.0.0.1:1/\n");
      project.write("models/gold/names.sql", names("UPPER(name)"));
      assertThatThrownBy(() -> project.system().apply())
          .hasMessageContaining("Cannot apply a new sink while the project runs.");
    }
  }

  private static String names(String expression) {
    return "SELECT "
        + expression
        + " AS name, COUNT(*) AS users FROM users GROUP BY "
        + expression
        + "\n";
  }

  private static String postgres(EmbeddedPostgres server, String model) {
    return "kind: postgres\nmodel: "
        + model
        + "\nurl: "
        + server.uriWithPassword("postgres")
        + "\n";
  }

  private void postUsers(int first, int count, String name) throws Exception {
    String rows =
        IntStream.range(first, first + count)
            .mapToObj(id -> "{\"id\":" + id + ",\"name\":\"" + name + "\"}")
            .collect(Collectors.joining(",", "[", "]"));
    assertThat(project.post("users", HttpProject.JSON, rows).statusCode()).isEqualTo(200);
  }

  private SinkStatus sink(String name) {
    return project.system().status().sinks().stream()
        .filter(sink -> sink.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private boolean isStreaming(String name) {
    return sink(name).state().equals("streaming");
  }

  private static void awaitUsers(EmbeddedPostgres server, String wanted) {
    await(() -> query(server, "SELECT COUNT(*), MIN(name) FROM users").equals(wanted));
  }

  private static String query(EmbeddedPostgres server, String sql) {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1) + "," + rows.getString(2);
    } catch (SQLException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
  }
}
