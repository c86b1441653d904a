package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.system.FreshetSystem;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/guides/reconcile.md says, step by step, and finds what it shows. */
@Timeout(180)
class ReconcileGuideTest {
  private static final Pattern STEP =
      Pattern.compile("<!-- ([a-z]+) -->\\n(?:```[a-z]+\\n(.*?)```)?", Pattern.DOTALL);

  @TempDir private Path folder;
  private EmbeddedPostgres postgres;
  private FreshetSystem system;
  private int shown;

  @Test
  void showsWhatFreshetDoes() throws Exception {
    String guide = Files.readString(Path.of("../docs/guides/reconcile.md"));
    Matcher step = STEP.matcher(guide);
    postgres = EmbeddedPostgres.start(folder.resolve("postgres"), PostgresOptions.fast());
    try {
      while (step.find()) {
        perform(step.group(1), step.group(2));
      }
    } finally {
      if (system != null) {
        system.close();
      }
      postgres.close();
    }
    assertThat(shown).isEqualTo(3);
  }

  private void perform(String step, String block) throws Exception {
    switch (step) {
      case "sql" -> execute(block);
      case "up" -> start();
      case "reconcile" -> reconcile(block);
      default -> throw new AssertionError("Unknown step in the guide: " + step);
    }
  }

  private void execute(String statements) throws Exception {
    try (Connection connection = postgres.connect();
        Statement statement = connection.createStatement()) {
      for (String each : statements.strip().split(";\\n?")) {
        statement.execute(each);
      }
    }
  }

  private void start() throws Exception {
    Path project = folder.resolve("shop");
    Files.createDirectories(project.resolve("sources"));
    Files.writeString(project.resolve("freshet.yaml"), "name: shop\nserve:\n  port: 0\n");
    Files.writeString(
        project.resolve("sources/shop.yaml"),
        "kind: postgres\nurl: "
            + postgres.uriWithPassword("postgres")
            + "\ntables: [public.parcels]\n");
    system = FreshetSystem.start(ProjectReader.read(project, Map.of(), ""));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!system.status().sources().getFirst().state().equals("streaming")) {
      assertThat(System.nanoTime()).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private void reconcile(String block) {
    String command = block.lines().findFirst().orElseThrow();
    assertThat(command).startsWith("$ ./freshet reconcile");
    String options = command.substring("$ ./freshet reconcile".length()).strip();
    String output = block.substring(block.indexOf('\n') + 1);
    String arguments = "reconcile --project " + folder.resolve("shop") + " " + options;
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        FreshetCommand.run(
            arguments.strip().split(" "), new PrintWriter(out, true), new PrintWriter(err, true));
    assertThat(err.toString()).isEmpty();
    assertThat(places(out.toString())).isEqualTo(places(output));
    assertThat(exit).isEqualTo(output.contains(": all equal") ? 0 : 1);
    shown++;
  }

  /** Without positions, steps and times, which depend on the server and the moment. */
  private static String places(String text) {
    return text.replaceAll("[0-9A-F]+/[0-9A-F]+, step [0-9,]+; its changes waited [0-9,]+ ms", "X");
  }
}
