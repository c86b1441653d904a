package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.lake.LakeReader;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.serve.backend.SystemStatus;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that ends the process's steps whenever it sees a certain row. */
class SupervisorTest {
  private static final String CAREFUL = "functions/Careful.java";

  @TempDir private Path directory;

  private static RestartPolicy policy(Duration held) {
    return new RestartPolicy(
        Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofMinutes(5), held);
  }

  private EmbeddedPostgres startPostgres() throws Exception {
    EmbeddedPostgres postgres =
        EmbeddedPostgres.start(directory.resolve("postgres"), PostgresOptions.fast());
    execute(
        postgres,
        "CREATE TABLE things (id INTEGER PRIMARY KEY, n BIGINT)",
        "INSERT INTO things VALUES (1, 10), (2, 20)");
    writeTheProject(postgres);
    return postgres;
  }

  private Project read() throws IOException {
    return ProjectReader.read(project(), Map.of(), "");
  }

  private Path project() throws IOException {
    return Files.createDirectories(directory.resolve("project"));
  }

  private void write(String file, String text) throws IOException {
    Path path = project().resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private void writeTheProject(EmbeddedPostgres postgres) throws IOException {
    write("freshet.yaml", "name: bombs\nserve:\n  port: 0\n");
    write(
        "sources/db.yaml",
        "kind: postgres\nurl: "
            + postgres.uriWithPassword("postgres")
            + "\ntables: [public.things]\n");
    write(
        CAREFUL,
        """
        import dev.freshet.core.function.ScalarFunction;

        public final class Careful extends ScalarFunction {
          public long eval(long value) {
            if (value == 13) {
              throw new OutOfMemoryError("13 is too much");
            }
            return value;
          }
        }
        """);
    write("models/silver/fragile.sql", "SELECT id, CAREFUL(n) AS n FROM things\n");
    write("models/gold/above.sql", "SELECT SUM(n) AS total FROM fragile\n");
    write("models/gold/sound.sql", "SELECT COUNT(*) AS things FROM things\n");
  }

  private static void execute(EmbeddedPostgres postgres, String... statements) throws Exception {
    try (Connection connection = postgres.connect();
        var statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  @Test
  void leavesAModelOutThatFailsAgainAndAgain() throws Exception {
    try (EmbeddedPostgres postgres = startPostgres()) {
      List<String> addresses = new ArrayList<>();
      try (Supervisor supervisor =
          Supervisor.start(
              read(), policy(Duration.ofMillis(50)), started -> addresses.add(started.address()))) {
        leaveFragileOut(postgres, supervisor);
        assertThatThrownBy(() -> query(supervisor, "SELECT * FROM above"))
            .isInstanceOfSatisfying(
                FreshetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FAILED))
            .hasMessageContaining("13 is too much");
        assertThat(lake("gold.above")).containsExactly("{\"total\":30}");

        execute(postgres, "UPDATE things SET n = 14 WHERE id = 3");
        await(supervisor, "SELECT total FROM above", "{\"total\":44}");
        await(supervisor, each -> each.healthy());
        supervisor.system().orElseThrow().publish();
        assertThat(lake("gold.above")).containsExactly("{\"total\":44}");
        assertThat(addresses).hasSizeGreaterThan(2);
        assertThat(Set.copyOf(addresses)).hasSize(1);
      }
    }
  }

  /** What the table missed while its model was left out is in it, though nothing comes any more. */
  @Test
  void theLakeFollowsAModelThatComesBackWithAnotherStart() throws Exception {
    try (EmbeddedPostgres postgres = startPostgres()) {
      try (Supervisor supervisor = Supervisor.start(read(), policy(Duration.ofHours(1)), _ -> {})) {
        leaveFragileOut(postgres, supervisor);
        execute(
            postgres, "UPDATE things SET n = 14 WHERE id = 3", "INSERT INTO things VALUES (4, 40)");
        await(supervisor, "SELECT things FROM sound", "{\"things\":4}");
      }
      try (Supervisor supervisor = Supervisor.start(read(), policy(Duration.ofHours(1)), _ -> {})) {
        await(supervisor, "SELECT total FROM above", "{\"total\":84}");
        await(() -> lake("gold.above"), List.of("{\"total\":84}")::equals);
      }
    }
  }

  /** What runs is what was applied: neither files that changed since nor the model hold it up. */
  @Test
  void goesOnWithWhatRanAndAppliesOthers() throws Exception {
    try (EmbeddedPostgres postgres = startPostgres();
        Supervisor supervisor = Supervisor.start(read(), policy(Duration.ofHours(1)), _ -> {})) {
      String function = Files.readString(project().resolve(CAREFUL));
      write(CAREFUL, "half of a function");
      leaveFragileOut(postgres, supervisor);
      write(CAREFUL, function);

      write("models/gold/sound.sql", "SELECT COUNT(*) AS things, MAX(n) AS most FROM things\n");
      FreshetSystem system = supervisor.system().orElseThrow();
      assertThat(system.apply().changed()).containsExactly("sound");
      assertThat(query(supervisor, "SELECT most FROM sound")).isEqualTo("{\"most\":20}");
      assertThat(system.status().problems().toString()).contains("Model fragile");
      assertThat(system.apply().changed()).isEmpty();
    }
  }

  /**
   * A start does not wait for models over much, and what breaks in one does not stop the others.
   */
  @Test
  void leavesALargeModelOutThatFails() throws Exception {
    try (EmbeddedPostgres postgres = startPostgres()) {
      execute(
          postgres, "INSERT INTO things SELECT id, id FROM generate_series(3, 70000) AS t (id)");
      Path fragile = project().resolve("models/silver/fragile.sql");
      Path above = project().resolve("models/gold/above.sql");
      List<String> texts = List.of(Files.readString(fragile), Files.readString(above));
      Files.delete(fragile);
      Files.delete(above);
      try (Supervisor supervisor = Supervisor.start(read(), policy(Duration.ofHours(1)), _ -> {})) {
        await(supervisor, "SELECT things FROM sound", "{\"things\":70000}");
      }
      Files.writeString(fragile, texts.get(0));
      Files.writeString(above, texts.get(1));
      write("models/silver/copy.sql", "SELECT id, n + 1 AS n FROM things\n");
      try (Supervisor supervisor =
          Supervisor.start(read(), policy(Duration.ofMillis(50)), _ -> {})) {
        SystemStatus status =
            await(supervisor, each -> each.problems().toString().contains("Model fragile"));
        assertThat(status.problems().toString())
            .contains("Model above is left out until it can be computed anew")
            .contains("13 is too much");
        await(supervisor, "SELECT COUNT(*) AS copied FROM copy", "{\"copied\":70000}");
        assertThatThrownBy(() -> query(supervisor, "SELECT * FROM above"))
            .isInstanceOfSatisfying(
                FreshetException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FAILED));

        execute(postgres, "UPDATE things SET n = 14 WHERE id = 13");
        await(supervisor, "SELECT COUNT(*) AS n FROM fragile", "{\"n\":70000}");
        await(supervisor, each -> each.healthy());
        assertThat(supervisor.system().orElseThrow().status().counters().get("restarts_total"))
            .isZero();
      }
    }
  }

  /** Inserts the row that fragile cannot bear, and waits until the others go on without it. */
  private void leaveFragileOut(EmbeddedPostgres postgres, Supervisor supervisor) throws Exception {
    await(supervisor, "SELECT total FROM above", "{\"total\":30}");
    supervisor.system().orElseThrow().publish();
    execute(postgres, "INSERT INTO things VALUES (3, 13)");
    await(supervisor, "SELECT things FROM sound", "{\"things\":3}");
    SystemStatus status =
        await(supervisor, each -> each.problems().toString().contains("Model fragile"));
    assertThat(status.problems().toString())
        .contains("Model above is left out until it can be computed anew")
        .contains("13 is too much");
    assertThat(status.counters().get("restarts_total")).isGreaterThanOrEqualTo(2);
  }

  private List<String> lake(String table) throws IOException {
    List<String> rows = new ArrayList<>();
    LakeReader.open(new LocalStorage(project().resolve(".freshet")))
        .read(
            table,
            batch -> {
              for (int row = 0; row < batch.rowCount(); row++) {
                rows.add(JsonText.row(batch, row));
              }
            });
    return rows;
  }

  private static String query(Supervisor supervisor, String sql) {
    Batch rows = supervisor.system().orElseThrow().backend().query(sql, 10).rows();
    return rows.rowCount() == 0 ? "" : JsonText.row(rows, 0);
  }

  private static void await(Supervisor supervisor, String sql, String row) throws Exception {
    await(
        () -> supervisor.system().isPresent() ? query(supervisor, sql) : "no system", row::equals);
  }

  private static SystemStatus await(Supervisor supervisor, Predicate<SystemStatus> wanted)
      throws Exception {
    return await(
            () -> supervisor.system().map(FreshetSystem::status),
            now -> now.filter(wanted).isPresent())
        .orElseThrow();
  }

  /** Asks until the answer is the one that is wanted; an error is another answer. */
  private static <T> T await(Callable<T> question, Predicate<T> wanted) throws Exception {
    long end = System.nanoTime() + 60_000_000_000L;
    while (true) {
      String last;
      try {
        T answer = question.call();
        if (wanted.test(answer)) {
          return answer;
        }
        last = String.valueOf(answer);
      } catch (RuntimeException e) {
        last = e.toString();
      }
      assertThat(System.nanoTime()).as(last).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }
}
