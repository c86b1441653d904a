package dev.freshet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProveTest {
  private interface Body {
    void run(List<String> options, Tally tally) throws Exception;
  }

  private record Named(String name, Body body) implements Proof {
    @Override
    public String summary() {
      return "shows something";
    }

    @Override
    public void run(List<String> options, Tally tally) throws Exception {
      body.run(options, tally);
    }
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void endsWithTheSumAndTheGivenSeed() {
    Proof even =
        new Named(
            "even",
            (options, tally) -> {
              assertThat(options).containsExactly("--times", "2");
              tally.passed();
              tally.passed();
            });
    assertThat(run(even, "even", "--seed", "42", "--times", "2")).isZero();
    assertThat(out.toString()).isEqualToIgnoringNewLines("prove even cases=2 failures=0 seed=42");
  }

  @Test
  void failsWhenOneCaseFails() {
    Proof even =
        new Named(
            "even",
            (options, tally) -> {
              tally.passed();
              tally.failed("3 is odd");
            });
    assertThat(run(even, "even", "--seed=7")).isEqualTo(1);
    assertThat(out.toString().lines())
        .containsExactly(
            "prove even FAILED case 2, seed 7: 3 is odd", "prove even cases=2 failures=1 seed=7");
  }

  @Test
  void failsWhenNoCaseRan() {
    assertThat(run(new Named("even", (options, tally) -> {}), "even")).isEqualTo(1);
    assertThat(out.toString()).contains("cases=0 failures=0");
  }

  @Test
  void isNeitherPassedNorFailedWhenAPartCannotRun() {
    Proof mounts =
        new Named(
            "mounts",
            (options, tally) -> {
              tally.passed();
              tally.notRun("nothing can be mounted: it takes root");
            });
    assertThat(run(mounts, "mounts", "--seed", "5")).isEqualTo(Exit.NOT_RUN).isEqualTo(3);
    assertThat(out.toString().lines())
        .containsExactly(
            "prove mounts NOT RUN: nothing can be mounted: it takes root",
            "prove mounts cases=1 failures=0 not-run=1 seed=5");
  }

  @Test
  void hasFailedWhenAPartFailsAndAnotherCannotRun() {
    Proof mounts =
        new Named(
            "mounts",
            (options, tally) -> {
              tally.notRun("nothing can be mounted");
              tally.failed("3 is odd");
            });
    assertThat(run(mounts, "mounts")).isEqualTo(1);
  }

  @Test
  void countsAnExceptionAsAFailure() {
    Proof broken =
        new Named(
            "broken",
            (options, tally) -> {
              throw new IOException("disk gone");
            });
    assertThat(run(broken, "broken", "--seed", "1")).isEqualTo(1);
    assertThat(out.toString())
        .contains("disk gone")
        .endsWith("prove broken cases=1 failures=1 seed=1" + System.lineSeparator());
  }

  @Test
  void takesARandomSeedAndNamesIt() {
    long[] used = new long[1];
    Proof even =
        new Named(
            "even",
            (options, tally) -> {
              used[0] = tally.seed();
              tally.passed();
            });
    assertThat(run(even, "even")).isZero();
    assertThat(out.toString()).contains("seed=" + used[0]);
  }

  @Test
  void refusesASeedThatIsNoNumber() {
    assertThat(run(new Named("even", (options, tally) -> tally.passed()), "even", "--seed", "x"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("Invalid --seed: x; give a whole number");
  }

  private int run(Proof proof, String... arguments) {
    return Prove.run(
        List.of(arguments), List.of(proof), new PrintStream(out, true), new PrintStream(err, true));
  }
}
