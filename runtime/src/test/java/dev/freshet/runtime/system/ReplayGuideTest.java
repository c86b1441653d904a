package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.runtime.history.OrdersProject;
import dev.freshet.serve.text.ReplayedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/guides/replay.md says of final models, and finds what it shows. */
class ReplayGuideTest {
  private static final Pattern STEP =
      Pattern.compile("<!-- guide: ([a-z]+) -->\\n```[a-z]+\\n(.*?)```", Pattern.DOTALL);

  private static final String MODEL = "models/gold/minutes.sql";

  @TempDir private Path directory;

  @Test
  void doesWhatTheGuideSays() throws Exception {
    String guide = Files.readString(Path.of("../docs/guides/replay.md"));
    OrdersProject project = new OrdersProject(directory);
    Matcher step = STEP.matcher(guide);
    assertThat(step.find()).isTrue();
    assertThat(step.group(1)).isEqualTo("model");
    project.write(MODEL, step.group(2));
    List<String> done = new ArrayList<>();
    try (RunningOrders running = new RunningOrders(project, OrdersProject.WHOLE)) {
      while (step.find()) {
        perform(project, running, step.group(1), step.group(2));
        done.add(step.group(1));
      }
      running.awaitApplied();
    }
    assertThat(done)
        .containsExactly("orders", "rows", "apply", "rows", "replay", "rows", "refused");
  }

  private static void perform(
      OrdersProject project, RunningOrders running, String step, String block)
      throws InterruptedException, IOException {
    switch (step) {
      case "orders" -> {
        for (String line : block.lines().toList()) {
          String[] cells = line.split(" +");
          LocalDateTime time = LocalDateTime.parse("2026-11-24T" + cells[1]);
          running.run().appendOrder(Long.parseLong(cells[0]), time, 5);
        }
        running.awaitApplied();
      }
      case "rows" -> assertThat(rows(running)).isEqualTo(block.lines().toList());
      case "apply" -> {
        project.write(MODEL, block);
        assertThat(running.changes().apply().changed()).containsExactly("minutes");
      }
      case "replay" -> {
        RunningBackend backend = backend(running);
        StringBuilder printed = new StringBuilder();
        backend
            .planReplay("minutes", "0")
            .lines()
            .forEach(line -> printed.append(line).append('\n'));
        printed.append(ReplayedText.line(backend.replay("minutes", "0"))).append('\n');
        assertThat(timeless(block)).endsWith("--from 0\n" + timeless(printed.toString()));
      }
      case "refused" -> {
        FreshetException refused =
            catchThrowableOfType(
                FreshetException.class, () -> running.changes().replay("minutes", "999"));
        assertThat(block).endsWith("999\n" + refused.getMessage() + " [" + refused.code() + "]\n");
      }
      default -> throw new AssertionError("Unknown step in the guide: " + step);
    }
  }

  private static RunningBackend backend(RunningOrders running) {
    StatusReader status =
        new StatusReader(running.parts(), running.changes()::status, List::of, Clock.system());
    return new RunningBackend(
        running.parts(),
        status,
        running.changes(),
        new Reconciliations(running.parts(), Clock.system()),
        Clock.system());
  }

  private static String timeless(String text) {
    return text.replaceAll("after [0-9]+ ms", "after N ms");
  }

  private static List<String> rows(RunningOrders running) {
    Batch rows = running.run().snapshot().scan("minutes");
    List<String> texts = new ArrayList<>();
    for (int row = 0; row < rows.rowCount(); row++) {
      Object[] values = Values.readRow(rows, row);
      texts.add(String.valueOf(values[0]).substring(11, 16) + "  " + values[2]);
    }
    return texts.stream().sorted().toList();
  }
}
