package dev.freshet.runtime.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.engine.hash.StateHash;
import dev.freshet.runtime.history.OrdersProject;
import dev.freshet.runtime.history.OrdersProject.Run;
import dev.freshet.runtime.model.ModelFingerprints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The state of a project that does not run, beside what its log comes to. */
class VerificationTest {
  @TempDir private Path directory;
  private final List<String> lines = new ArrayList<>();
  private OrdersProject project;

  @BeforeEach
  void writeTheProject() throws IOException {
    project = new OrdersProject(directory);
  }

  private int verify(String state) {
    return verify(state, Optional.empty());
  }

  private int verify(String state, Optional<UnaryOperator<String>> running) {
    lines.clear();
    return Verification.run(
        directory.resolve(state),
        project.resolved(),
        running,
        directory.resolve("spill"),
        lines::add);
  }

  private String line(String relation) {
    return lines.stream()
        .filter(line -> line.matches(".*  " + Pattern.quote(relation) + "( \\(.*replayed\\))?"))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "7, 2", "50000, 4"})
  void theSameLogHasTheSameHashesWhateverStepsWorkersAndKills(int stepRows, int workers)
      throws IOException {
    Map<String, List<StateHash>> expected;
    try (Run run = project.run("state", 20, 1, OrdersProject.WHOLE)) {
      run.append(new SplittableRandom(7), 300);
      run.run();
      expected = run.hashes();
    }
    assertThat(expected.get("minutes").get(1).rows()).as("rows that came late").isNotZero();
    assertThat(expected.get("shares").get(1).rows()).as("divisions by zero").isPositive();
    copy("state/log", "other/log");
    try (Run run = project.run("other", stepRows, workers, OrdersProject.WHOLE)) {
      for (int steps = 0; steps < 3; steps++) {
        run.dataflow().pipeline().run();
      }
      run.dataflow().saveAll();
      run.dataflow().pipeline().run();
    } // killed
    try (Run run = project.run("other", 3 * stepRows, workers, OrdersProject.WHOLE)) {
      run.run();
      assertThat(run.hashes()).isEqualTo(expected);
    }
    assertThat(verify("other")).isZero();
    assertThat(lines.getLast()).startsWith("7 tables and models").endsWith("all equal");
    assertThat(lines).noneMatch(line -> line.startsWith("not verified"));
  }

  private void copy(String from, String to) throws IOException {
    Files.createDirectories(directory.resolve(to));
    try (Stream<Path> files = Files.list(directory.resolve(from))) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(to).resolve(file.getFileName()));
      }
    }
  }

  @Test
  void namesTheRowsThatDiffer() throws IOException {
    try (Run run = project.run("state", 20, 1, OrdersProject.WHOLE)) {
      run.append(new SplittableRandom(8), 100);
      run.run();
      run.dataflow().saveAll();
    }
    assertThat(verify("state")).isZero();
    try (Run run = project.run("state", 20, 1, OrdersProject.WHOLE)) {
      run.dataflow().pipeline().removeGate("orders"); // planted: what comes is lost
      run.appendOrder(1000, LocalDateTime.parse("2026-11-24T09:00:00"), 5);
      run.run();
      run.dataflow().saveAll();
    }
    assertThat(verify("state")).isEqualTo(5);
    assertThat(line("orders")).startsWith("DIFFERENT");
    assertThat(line("shares")).startsWith("DIFFERENT");
    assertThat(line("pages")).startsWith("equal");
    assertThat(lines)
        .contains("shares, some rows that differ:")
        .contains("  live has not  {\"id\":1000,\"amount\":5,\"share\":200}");
    assertThat(lines.getLast()).endsWith("5 different");
  }

  @Test
  void beginsWithSavedTablesWhenTheLogsBeginningIsGone() throws IOException {
    try (Run run = project.run("state", 20, 1, OrdersProject.FORGETTING)) {
      run.append(new SplittableRandom(9), 200);
      run.run();
      run.dataflow().saveAll();
      assertThat(run.log().startOffset()).as("what the log forgot").isPositive();
      run.append(new SplittableRandom(10), 50);
      run.run();
    } // killed
    assertThat(verify("state")).isZero();
    assertThat(lines.get(1)).contains("from step 200 on", "what came before is gone");
    assertThat(line("orders  (saved)")).startsWith("equal");
    assertThat(line("minutes  (saved)")).startsWith("equal");
    assertThat(line("taxes")).startsWith("equal");

    project.tax(21); // planted: what was computed comes out otherwise, and nothing tells
    assertThat(verify("state")).isEqualTo(1);
    assertThat(line("taxes")).startsWith("DIFFERENT");
    assertThat(lines).anyMatch(line -> line.startsWith("  live has not  {\"id\":"));
  }

  /** A final model is taken as it was saved; what it reads can be computed, and is. */
  @Test
  void computesWhatAFinalModelReadsWhenTheLogsBeginningIsGone() throws IOException {
    project.write("models/silver/all_orders.sql", "SELECT id, ordered_at, amount FROM orders\n");
    project.write(
        "models/silver/large.sql",
        "SELECT id, ordered_at, amount FROM all_orders WHERE amount > 1\n");
    project.write(
        "models/gold/large_minutes.sql",
        """
        /*
        emit: final
        */
        SELECT window_start, window_end, COUNT(*) AS orders
        FROM TABLE(TUMBLE(TABLE large, DESCRIPTOR(ordered_at), INTERVAL '1' MINUTE))
        GROUP BY window_start, window_end
        """);
    try (Run run = project.run("state", 20, 1, OrdersProject.FORGETTING)) {
      run.append(new SplittableRandom(9), 200);
      run.run();
      run.dataflow().saveAll();
      assertThat(run.log().startOffset()).as("what the log forgot").isPositive();
    }
    assertThat(verify("state")).as(String.join("\n", lines)).isZero();
    assertThat(line("large_minutes  (saved)")).startsWith("equal");
    assertThat(line("large")).startsWith("equal");
    assertThat(line("all_orders")).startsWith("equal");
  }

  @Test
  void saysWhatItCannotVerify() throws IOException {
    try (Run run = project.run("state", 20, 1, OrdersProject.WHOLE)) {
      run.append(new SplittableRandom(11), 50);
      run.run();
      run.dataflow().saveAll();
    }
    project.write("models/silver/shares.sql", "SELECT id, amount, 2 AS share FROM orders\n");
    assertThat(verify("state")).isZero();
    assertThat(lines)
        .anyMatch(line -> line.startsWith("not verified: shares: "))
        .anyMatch(line -> line.startsWith("not verified: amounts: "));
    assertThat(lines.getLast()).startsWith("5 tables and models").endsWith("all equal");
  }

  /** The process still keeps rows of a table that the files say keeps none. */
  @Test
  void leavesATableOutWhoseContractWasChangedAndNotApplied() throws IOException {
    String source = Files.readString(directory.resolve("sources/shop.yaml"));
    project.write("sources/shop.yaml", source.replace(", keep: none", ""));
    String answer;
    try (Run run = project.run("state", 20, 1, OrdersProject.WHOLE)) {
      run.append(new SplittableRandom(14), 60);
      run.run();
      run.dataflow().saveAll();
      answer = answer(run);
    }
    project.write("sources/shop.yaml", source);

    assertThat(verify("state", Optional.of(_ -> answer))).isZero();
    assertThat(lines)
        .contains("not verified: clicks: its contract was changed and not applied")
        .anyMatch(line -> line.startsWith("not verified: pages: "))
        .noneMatch(line -> line.startsWith("DIFFERENT"));
    assertThat(line("orders")).startsWith("equal");
  }

  /** What a process that runs answers about its tables and models. */
  private String answer(Run run) {
    Map<String, String> definitions = ModelFingerprints.of(run.project().models());
    StringBuilder answer = new StringBuilder();
    answer.append("{\"step\":").append(run.dataflow().engine().step()).append(",\"relations\":[\n");
    run.hashes()
        .forEach((name, hashes) -> {
          String definition = definitions.get(name);
          answer
              .append("{\"name\":\"" + name + "\",\"content\":" + json(hashes.get(0)))
              .append(",\"errors\":" + json(hashes.get(1)))
              .append(definition == null ? "" : ",\"definition\":\"" + definition + "\"")
              .append("},\n");
        });
    return answer.append("]}\n").toString();
  }

  private static String json(StateHash hash) {
    return "{\"rows\":" + hash.rows() + ",\"hash\":\"" + hash.hash() + "\"}";
  }

  @Test
  void aModelThatBeganLaterIsComparedFromThereOn() throws IOException {
    String pages = "models/gold/pages.sql";
    String text = Files.readString(directory.resolve(pages));
    Files.delete(directory.resolve(pages));
    try (Run run = project.run("state", 20, 1, OrdersProject.WHOLE)) {
      run.append(new SplittableRandom(12), 60);
      run.run();
      run.dataflow().saveAll();
    }
    project.write(pages, text);
    try (Run run = project.run("state", 20, 1, OrdersProject.WHOLE)) {
      run.append(new SplittableRandom(13), 60);
      run.run();
      run.dataflow().saveAll();
    }
    assertThat(verify("state")).isZero();
    assertThat(line("pages")).startsWith("equal");
  }
}
