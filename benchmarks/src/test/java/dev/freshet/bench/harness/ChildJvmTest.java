package dev.freshet.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import dev.freshet.measure.Told;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ChildJvmTest {
  /** Runs in the other process. */
  static final class Work {
    public static void main(String[] arguments) throws Exception {
      switch (arguments[0]) {
        case "tell" -> {
          Told.figure("sum", 41.5);
          System.out.println("not for the parent");
          Told.note("why", "two\nlines");
        }
        case "fail" -> {
          System.out.println("the disk is gone");
          System.exit(3);
        }
        default -> new CountDownLatch(1).await();
      }
    }
  }

  @Test
  void hearsFiguresAndNotes() throws Exception {
    ChildJvm.Outcome outcome = run("tell", Duration.ofMinutes(1));
    assertThat(outcome.figure("sum")).isEqualTo(41.5);
    assertThat(outcome.notes()).containsEntry("why", "two lines");
    assertThat(outcome.noteMillis().get("why")).isPositive();
    assertThat(outcome.figure("product")).isNaN();
  }

  @Test
  void showsTheLastLinesOfAFailure() {
    assertThatThrownBy(() -> run("fail", Duration.ofMinutes(1)))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("ended with 3")
        .hasMessageContaining("the disk is gone");
  }

  @Test
  void endsAProcessThatTakesTooLong() {
    assertThatThrownBy(() -> run("wait", Duration.ofSeconds(2)))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("killed after");
  }

  private static ChildJvm.Outcome run(String work, Duration limit) throws Exception {
    return ChildJvm.ofFreshet("-Xmx64m").run(Work.class.getName(), limit, work);
  }
}
