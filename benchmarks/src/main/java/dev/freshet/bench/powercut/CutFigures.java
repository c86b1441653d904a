package dev.freshet.bench.powercut;

import dev.freshet.bench.harness.Tally;
import java.util.Locale;

/** What cuts have met; one thread owns it. */
final class CutFigures {
  private final String what;
  private long cuts;
  private long whileStarting;
  private long withoutWitness;
  private long acknowledged;

  CutFigures(String what) {
    this.what = what;
  }

  /**
   * @param isCut whether what was never synced was gone
   */
  void cut(boolean isCut, boolean isStarting) {
    cuts++;
    whileStarting += isStarting ? 1 : 0;
    withoutWitness += isCut ? 0 : 1;
  }

  void acknowledged(long count) {
    acknowledged += count;
  }

  long cuts() {
    return cuts;
  }

  /** Cuts that lose nothing, and cuts of a process that has done nothing, prove nothing. */
  void requireMeaning(Tally tally) {
    if (withoutWitness * 10 > cuts) {
      tally.failed(
          withoutWitness + " of " + cuts + " cuts lost nothing of what was not synced: no cuts");
    }
    if (acknowledged < cuts) {
      tally.failed("only " + acknowledged + " transactions were acknowledged: too few to lose one");
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: %,d cuts, %,d of them while it started, %,d lost what was not synced;"
            + " %,d transactions acknowledged",
        what,
        cuts,
        whileStarting,
        cuts - withoutWitness,
        acknowledged);
  }
}
