package dev.freshet.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReadyProcessTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir private Path folder;
  private final List<String> printed = new CopyOnWriteArrayList<>();

  private static List<String> shell(String script) {
    return List.of("sh", "-c", script);
  }

  @Test
  void tellsWhatStandsBehindTheReadyLineAndEndsWithItsInput() throws Exception {
    Path ended = folder.resolve("ended");
    try (ReadyProcess process =
        ReadyProcess.start(
            shell("echo starting; echo ready 17; cat; touch " + ended),
            "ready ",
            LIMIT,
            printed::add)) {
      assertThat(process.told()).isEqualTo("17");
      assertThat(ended).doesNotExist();
    }
    assertThat(ended).exists();
  }

  @Test
  void readsWhatItPrintsAtLast() throws Exception {
    try (ReadyProcess process =
        ReadyProcess.start(
            shell("echo ready; read n; echo got $n; exit 0"), "ready", LIMIT, printed::add)) {
      process.finish("5\n", LIMIT);
      assertThat(printed).containsExactly("got 5");
    }
  }

  @Test
  void failsWithWhatAProcessPrintedThatEndedBefore() {
    assertThatThrownBy(
            () -> ReadyProcess.start(shell("echo no port left >&2"), "ready", LIMIT, printed::add))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ended before it was ready:\nno port left");
  }

  @Test
  void killsAProcessThatIsNotReadyInTime() throws Exception {
    Path pid = folder.resolve("pid");
    assertThatThrownBy(() ->
            ReadyProcess.start(
                shell("echo $$ > " + pid + "; exec sleep 1000"),
                "ready",
                Duration.ofSeconds(2),
                printed::add))
        .hasMessageContaining("was not ready after PT2S");
    long number = Long.parseLong(Files.readString(pid).strip());
    assertThat(ProcessHandle.of(number).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void killsAProcessThatDoesNotEndAtLast() throws Exception {
    try (ReadyProcess process =
        ReadyProcess.start(shell("echo ready; exec sleep 1000"), "ready", LIMIT, printed::add)) {
      process.finish("", Duration.ofMillis(100));
      assertThat(printed).isEmpty();
    }
  }

  @Test
  void hearsWhyAProcessHasEndedThatIsToFinish() throws Exception {
    try (ReadyProcess process =
        ReadyProcess.start(shell("echo ready; echo broken >&2"), "ready", LIMIT, printed::add)) {
      process.finish("5\n".repeat(100_000), LIMIT);
      assertThat(printed).containsExactly("broken");
    }
  }
}
