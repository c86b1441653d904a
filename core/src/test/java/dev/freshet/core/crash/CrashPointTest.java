package dev.freshet.core.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CrashPointTest {
  /** Passes each point twice and says what it passes. */
  static final class Passes {
    private Passes() {}

    public static void main(String[] arguments) {
      for (int i = 1; i <= 2; i++) {
        for (CrashPoint point : CrashPoint.values()) {
          System.out.println(point.label() + " " + i);
          point.reached();
        }
      }
    }
  }

  private record Ended(int exit, List<String> lines) {}

  private static Ended run(String option) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                option,
                Passes.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), said.lines().toList());
  }

  @Test
  void endsTheProcessTheNthTimeAtThePointThatIsSet() throws Exception {
    Ended first = run("-D" + CrashPoint.PROPERTY + "=checkpoint-written");
    assertThat(first.exit()).isEqualTo(CrashPoint.EXIT);
    assertThat(first.lines()).last().isEqualTo("checkpoint-written 1");

    Ended second = run(CrashPoint.LOG_SYNCED.option(2));
    assertThat(second.exit()).isEqualTo(CrashPoint.EXIT);
    assertThat(second.lines()).last().isEqualTo("log-synced 2");
  }

  @Test
  void doesNothingWhileNoneIsSet() throws Exception {
    Ended ended = run("-Dother=1");
    assertThat(ended.exit()).isZero();
    assertThat(ended.lines()).hasSize(2 * CrashPoint.values().length);
  }

  @Test
  void refusesAPointThatIsNotThere() throws Exception {
    Ended ended = run("-D" + CrashPoint.PROPERTY + "=log-wirtten");
    assertThat(ended.exit()).isNotZero().isNotEqualTo(CrashPoint.EXIT);
    assertThat(String.join("\n", ended.lines())).contains("Cannot find crash point: log-wirtten");
  }
}
