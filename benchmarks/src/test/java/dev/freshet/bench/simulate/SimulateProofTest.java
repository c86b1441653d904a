package dev.freshet.bench.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.bench.harness.Tally;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SimulateProofTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Tally tally = new Tally("simulate", 1, new PrintStream(out, true));
  private final SimulateProof.Totals totals = new SimulateProof.Totals();

  /** What no case has met, no case has shown. */
  @Test
  void failsWhenAHardshipNeverHappenedInALongRun() {
    totals.add(outcome(0));
    totals.requireMeaning(5_000, 200, tally);
    assertThat(out.toString()).contains("never happened in 200 cases: rename failed");
    assertThat(tally.holdsSoFar()).isFalse();
  }

  @Test
  void takesALongRunThatMetAll() {
    totals.add(outcome(0));
    totals.add(outcome(1));
    totals.requireMeaning(5_000, 200, tally);
    assertThat(tally.holdsSoFar()).isTrue();
  }

  /** A few seeds need not meet all. */
  @Test
  void takesAShortRunThatDidNotMeetAll() {
    totals.add(outcome(0));
    totals.requireMeaning(199, 199, tally);
    assertThat(tally.holdsSoFar()).isTrue();
  }

  /** Too few to meet all hardships, of more than enough. */
  @Test
  void failsWhenTheTimeIsUpBeforeAllHardshipsCanHaveHappened() {
    totals.add(outcome(0));
    totals.requireMeaning(5_000, 199, tally);
    assertThat(out.toString()).contains("only 199 of 5000 cases began: too few to meet all");
    assertThat(tally.holdsSoFar()).isFalse();
  }

  @Test
  void failsWhenACaseNeverStartedAgain() {
    SimulateProof.requireRestart(outcome(1, 2));
    assertThatThrownBy(() -> SimulateProof.requireRestart(outcome(1, 1)))
        .isInstanceOf(Violation.class)
        .hasMessage("the system was started 1 times");
  }

  @Test
  void failsWhenTheTimeIsUpBeforeCasesHaveBegun() {
    new SimulateProof().run(List.of("--cases", "5", "--minutes", "0"), tally);
    assertThat(out.toString())
        .contains("NOT RUN: the time was up after 0 of 5 cases; give it more --minutes")
        .contains("only 0 of 5 cases began");
    assertThat(tally.holdsSoFar()).isFalse();
  }

  /** A machine that is busy with other proofs. */
  @Test
  void givesMoreTimeToTheFirstCasesThanToTheOthers() {
    Duration minute = Duration.ofMinutes(1);
    assertThat(SimulateProof.isInTime(199, minute.toNanos() * 4 - 1, minute)).isTrue();
    assertThat(SimulateProof.isInTime(199, minute.toNanos() * 4, minute)).isFalse();
    assertThat(SimulateProof.isInTime(200, minute.toNanos(), minute)).isFalse();
  }

  private static Outcome outcome(long failedRenames) {
    return outcome(failedRenames, 2);
  }

  private static Outcome outcome(long failedRenames, int lives) {
    Map<Hardship, Long> hardships = new EnumMap<>(Hardship.class);
    for (Hardship hardship : Hardship.values()) {
      hardships.put(hardship, 1L);
    }
    hardships.put(Hardship.RENAME_FAILED, failedRenames);
    return new Outcome(1, 1, 1, 1, lives, 1, hardships);
  }
}
