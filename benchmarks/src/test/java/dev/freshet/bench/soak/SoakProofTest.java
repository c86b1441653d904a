package dev.freshet.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.kill.Usage;
import dev.freshet.core.error.FreshetException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The soak's rule, and that it finds a process that gives nothing back. */
class SoakProofTest {
  private static final int LIVES = 6;
  private static final int SAMPLES = 12;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Tally tally = new Tally("soak", 1, new PrintStream(out, true));

  /** What a process holds in a life, at a sample of it. */
  private interface Held {
    Usage at(int life, int sample);
  }

  @Test
  void findsAProcessThatGivesNothingBack() throws Exception {
    SoakProof.Plan plan =
        new SoakProof.Plan(Duration.ofSeconds(16), Duration.ofSeconds(16), 70, 200);
    SoakProof.run(Path.of("../examples/shop"), plan, SoakProof.Planted.LEAK, tally);
    assertThat(out.toString())
        .contains("not flat: heap mib")
        .containsPattern("not flat: file handles[^\n]*\n(.*\n)*?\\+\\d+, now \\d+: /proc/N/stat\n")
        .contains("not flat: threads");
  }

  @Test
  void takesNoiseForFlat() {
    judge((life, sample) -> held(100 + (life * 7 + sample * 5) % 4, 60 + sample % 2, 30));
    assertThat(tally.holds()).as(out.toString()).isTrue();
  }

  /** Each kill hides it from a look at the whole. */
  @Test
  void findsALeakWithinLives() {
    judge((_, sample) -> held(100, 60 + sample, 30));
    assertThat(out.toString()).contains("not flat: file handles: 62.0 at the start of lives, +8.0");
  }

  @Test
  void findsALeakThatKillsDoNotEnd() {
    judge((life, _) -> held(100 + 5 * life, 60, 30));
    assertThat(out.toString()).contains("not flat: heap mib").contains("+20.0 across 6 lives");
  }

  @Test
  void doesNotJudgeAcrossTwoLives() {
    judge(2, (life, _) -> held(100 + 50 * life, 60, 30));
    assertThat(out.toString())
        .contains("NOT RUN: growth across lives is not judged: there were 2 of at least 3");
    assertThat(tally.holds()).isFalse();
    assertThat(tally.holdsSoFar()).isTrue();
  }

  @Test
  void doesNotJudgeByAFewSamples() {
    Samples samples = new Samples();
    samples.begin();
    for (int i = 0; i < 5; i++) {
      samples.add(held(100, 60, 30));
    }
    samples.judge(tally);
    assertThat(out.toString()).contains("0 of 1 lives were long enough to be judged");
  }

  @Test
  void refusesARunThatIsShorterThanALife() {
    assertThatThrownBy(
            () -> new SoakProof().run(List.of("--for", "1m", "--kill-every", "2m"), tally))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("--for must be at least --kill-every");
  }

  private void judge(Held held) {
    judge(LIVES, held);
  }

  private void judge(int lives, Held held) {
    Samples samples = new Samples();
    for (int life = 0; life < lives; life++) {
      samples.begin();
      for (int sample = 0; sample < SAMPLES; sample++) {
        samples.add(held.at(life, sample));
      }
    }
    samples.judge(tally);
  }

  private static Usage held(long heapMib, long handles, long threads) {
    return new Usage(heapMib << 20, handles, threads, 20, 1_000);
  }
}
