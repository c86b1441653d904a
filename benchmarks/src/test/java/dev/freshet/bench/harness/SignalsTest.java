package dev.freshet.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.measure.Told;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SignalsTest {
  /** Starts a process while it is ending itself. */
  static final class EndingMain {
    public static void main(String[] arguments) {
      Runtime.getRuntime().addShutdownHook(new Thread(EndingMain::startLate));
    }

    private static void startLate() {
      try {
        Process late = new ProcessBuilder("sleep", "600").start();
        Told.figure("pid", (double) late.pid());
        try {
          Signals.atExit(() -> Signals.kill(late));
        } catch (IllegalStateException e) {
          Told.figure("alive", late.isAlive() ? 1 : 0);
        }
      } catch (IOException e) {
        Told.note("failed", e.toString());
      }
    }
  }

  @Test
  void endsAProcessThatWasStartedTooLate() throws Exception {
    ChildJvm.Outcome outcome =
        ChildJvm.ofOwnClasses("-Xmx64m").run(EndingMain.class.getName(), Duration.ofMinutes(1));
    try {
      assertThat(outcome.notes()).isEmpty();
      assertThat(outcome.figure("alive")).isZero();
    } finally {
      ProcessHandle.of((long) outcome.figure("pid")).ifPresent(ProcessHandle::destroyForcibly);
    }
  }
}
