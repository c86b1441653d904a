package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Does what docs/tutorial.md says, step by step, and finds what it shows; then the same with the
 * guides that go on from there.
 */
class TutorialTest {
  /** A marker, and the fenced block after it if one follows at once. */
  private static final Pattern STEP =
      Pattern.compile("<!-- ([a-z]+) ?(\\S*) -->\\n(?:```[a-z]+\\n(.*?)```)?", Pattern.DOTALL);

  private static final Pattern SQL_ARGUMENT = Pattern.compile("\"(.*)\"");

  /** Go on with each other. */
  private static final List<Path> GUIDES =
      List.of(
          Path.of("../docs/guides/changing-models.md"),
          Path.of("../docs/guides/verify.md"),
          Path.of("../docs/guides/replay.md"));

  /** Ends what the guides go on with. */
  private static final String LAST_STEP = "## 8. Take it away";

  @TempDir private Path folder;
  private @Nullable FreshetSystem running;
  private int queries;
  private int applies;
  private int verified;
  private int replays;

  @Test
  void showsWhatFreshetDoes() throws Exception {
    StringBuilder guides = new StringBuilder();
    for (Path guide : GUIDES) {
      guides.append(Files.readString(guide));
    }
    String tutorial =
        Files.readString(Path.of("../docs/tutorial.md")).replace(LAST_STEP, guides + LAST_STEP);
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.start(folder.resolve("postgres"), PostgresOptions.fast())) {
      postgres.createDatabase("library");
      Matcher step = STEP.matcher(tutorial);
      while (step.find()) {
        String block = step.group(3) == null ? "" : step.group(3);
        perform(postgres, step.group(1), step.group(2), block);
      }
    } finally {
      stop();
    }
    assertThat(queries).isEqualTo(5);
    assertThat(applies).isEqualTo(3);
    assertThat(verified).isEqualTo(1);
    assertThat(replays).isEqualTo(1);
  }

  private void perform(EmbeddedPostgres postgres, String step, String argument, String block)
      throws Exception {
    Path mine = folder.resolve("mine");
    switch (step) {
      case "database" -> execute(postgres, block);
      case "init" -> init(postgres, mine, block);
      case "shows" -> assertThat(mine.resolve(argument)).content().contains(block);
      case "file" -> Files.writeString(mine.resolve(argument), block);
      case "check" -> {
        replace(mine.resolve("sources/library.yaml"), ":-}", ":-" + postgres.password() + "}");
        assertThat(block).endsWith(PrintedCommand.run("check", mine.toString()));
      }
      case "up" -> running = FreshetSystem.start(ProjectReader.read(mine, Map.of(), ""));
      case "apply" -> {
        String[] printed = PrintedCommand.run("apply", mine.toString()).split("\n(?=[^\n]*\n$)");
        assertThat(block).contains("\n" + printed[0] + "\n");
        assertThat(printed[1]).matches("Shown from step [0-9,]+ on, after [0-9,]+ ms.\n");
        applies++;
      }
      case "refused" -> {
        assertThat(block).endsWith("apply mine\n" + refused("apply", mine.toString()));
        applies++;
      }
      case "verify" -> verify(mine, block);
      case "replay" -> {
        String printed = PrintedCommand.run("replay", "--project", mine.toString(), "open_loans");
        assertThat(block.replaceAll("step [0-9]+ on, after [0-9]+ ms", "N"))
            .endsWith("open_loans\n" + printed.replaceAll("step [0-9]+ on, after [0-9]+ ms", "N"));
        replays++;
      }
      case "stop" -> stop();
      case "query" -> query(mine, block);
      default -> throw new AssertionError("Unknown step in the tutorial: " + step);
    }
  }

  /** The tutorial's password comes from the environment, and its port is the user's to choose. */
  private static void init(EmbeddedPostgres postgres, Path mine, String block) throws IOException {
    String printed =
        PrintedCommand.run("init", mine.toString(), "--from", postgres.uriWithPassword("library"));
    assertThat(block).endsWith(printed.replace(mine.toString(), "mine"));
    replace(mine.resolve("freshet.yaml"), "port: 8790", "port: 0");
  }

  private static void replace(Path file, String before, String after) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(before);
    Files.writeString(file, text.replace(before, after));
  }

  private void query(Path mine, String block) throws InterruptedException {
    Matcher sql = SQL_ARGUMENT.matcher(block.lines().findFirst().orElseThrow());
    assertThat(sql.find()).isTrue();
    String expected = rows(block.substring(block.indexOf('\n') + 1));
    String[] command = {"query", "--project", mine.toString(), sql.group(1)};
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    FreshetSystem system = running;
    assertThat(system).isNotNull();
    while (system != null && System.nanoTime() < deadline) {
      if (rows(PrintedCommand.run(command)).equals(expected)) {
        break;
      }
      system.awaitApplied(100, TimeUnit.MILLISECONDS);
    }
    assertThat(rows(PrintedCommand.run(command))).isEqualTo(expected);
    queries++;
  }

  private void verify(Path mine, String block) throws InterruptedException {
    FreshetSystem system = running;
    assertThat(system != null && system.awaitApplied(20, TimeUnit.SECONDS)).isTrue();
    String printed = PrintedCommand.run("verify", mine.toString());
    assertThat(block.replaceAll("step [0-9,]+|0 to [0-9,]+", "N"))
        .endsWith("verify mine\n" + printed.replaceAll("step [0-9,]+|0 to [0-9,]+", "N"));
    verified++;
  }

  /** Without the last line, which tells step and time. */
  private static String rows(String output) {
    return output.substring(0, output.lastIndexOf("\n("));
  }

  private void stop() {
    if (running != null) {
      running.close();
      running = null;
    }
  }

  private static void execute(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = postgres.connect("library");
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String refused(String... arguments) {
    StringWriter err = new StringWriter();
    int exit =
        FreshetCommand.run(
            arguments, new PrintWriter(new StringWriter(), true), new PrintWriter(err, true));
    assertThat(exit).isEqualTo(1);
    return err.toString();
  }
}
