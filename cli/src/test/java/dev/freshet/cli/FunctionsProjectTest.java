package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.lake.LakeReader;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.system.FreshetSystem;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions in Java in a project: checked, run, and changed while nothing runs. */
class FunctionsProjectTest {
  @TempDir private Path directory;

  @Test
  void aChangedFunctionRebuildsWhatUsesIt() throws Exception {
    Path folder = directory.resolve("project");
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.start(directory.resolve("postgres"), PostgresOptions.fast())) {
      try (Connection connection = postgres.connect();
          var statement = connection.createStatement()) {
        statement.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, n BIGINT)");
        statement.execute("INSERT INTO things VALUES (1, 10), (2, 20)");
      }
      write(folder, "freshet.yaml", "name: functions\nserve:\n  port: 0\n");
      write(
          folder,
          "sources/db.yaml",
          "kind: postgres\nurl: "
              + postgres.uriWithPassword("postgres")
              + "\ntables: [public.things]\n");
      write(folder, "models/silver/scaled.sql", "SELECT id, SCALED(n) AS n FROM things\n");
      write(folder, "models/gold/total.sql", "SELECT SUM(n) AS total FROM scaled\n");

      scaled(folder, "value *");
      StringWriter error = new StringWriter();
      assertThat(run(new StringWriter(), error, "check", folder.toString())).isEqualTo(1);
      assertThat(error.toString()).contains("functions/Scaled.java:3:19: Cannot compile: ");

      scaled(folder, "value * 2");
      StringWriter out = new StringWriter();
      assertThat(run(out, error, "check", folder.toString())).as(error.toString()).isZero();
      assertThat(out.toString()).contains("function SCALED(BIGINT): BIGINT");

      assertThat(totals(folder)).containsExactly("{\"total\":60}", "{\"total\":60}");
      scaled(folder, "value * 3");
      assertThat(totals(folder)).containsExactly("{\"total\":90}", "{\"total\":90}");
      try (FreshetSystem system = FreshetSystem.start(ProjectReader.read(folder, Map.of(), ""))) {
        scaled(folder, "value * 4");
        assertThat(system.apply().changed()).containsExactly("scaled");
        Batch rows =
            system.backend().query("SELECT total, SCALED(total) AS more FROM total", 1).rows();
        assertThat(JsonText.row(rows, 0)).isEqualTo("{\"total\":120,\"more\":480}");
      }
    }
  }

  private static void scaled(Path folder, String expression) throws IOException {
    write(
        folder,
        "functions/Scaled.java",
        """
        public final class Scaled extends dev.freshet.core.function.ScalarFunction {
          public long eval(long value) {
            return %s;
          }
        }
        """
            .formatted(expression));
  }

  /** The total as the running system answers it, and as it lies in the lake. */
  private static List<String> totals(Path folder) throws Exception {
    List<String> totals = new ArrayList<>();
    String lake;
    try (FreshetSystem system = FreshetSystem.start(ProjectReader.read(folder, Map.of(), ""))) {
      long end = System.nanoTime() + 30_000_000_000L;
      String answer = "";
      while (!answer.contains("0}")) {
        assertThat(System.nanoTime()).as("answered " + answer).isLessThan(end);
        system.awaitApplied(1, TimeUnit.SECONDS);
        Batch rows = system.backend().query("SELECT total FROM total", 10).rows();
        answer = rows.rowCount() == 0 ? "" : JsonText.row(rows, 0);
      }
      totals.add(answer);
      system.publish();
      lake = folder.resolve(".freshet").toString();
    }
    LakeReader.open(new LocalStorage(Path.of(lake)))
        .read("gold.total", batch -> totals.add(JsonText.row(batch, 0)));
    return totals;
  }

  private static void write(Path folder, String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private static int run(StringWriter out, StringWriter err, String... args) {
    return FreshetCommand.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
  }
}
