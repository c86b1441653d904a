package dev.freshet.bench.harness;

import java.io.PrintStream;

/**
 * Counts a proof's cases and failures, prints each failure when it happens and the sum last:
 *
 * <pre>prove kill cases=200 failures=0 seed=42</pre>
 *
 * <p>May be used by several threads.
 */
public final class Tally {
  private final String proof;
  private final long seed;
  private final PrintStream out;
  private long cases;
  private long failures;
  private long notRun;

  public Tally(String proof, long seed, PrintStream out) {
    this.proof = proof;
    this.seed = seed;
    this.out = out;
  }

  /** The seed of this run: {@code --seed N}, or a random one that the last line names. */
  public long seed() {
    return seed;
  }

  /** One case held. */
  public synchronized void passed() {
    cases++;
  }

  /**
   * One case failed.
   *
   * @param what the case, what was expected and what came, and how to repeat it
   */
  public synchronized void failed(String what) {
    cases++;
    failures++;
    out.println("prove " + proof + " FAILED case " + cases + ", seed " + seed + ": " + what);
  }

  /**
   * A part of the proof, or all of it, cannot run here: the proof then does not hold, and has not
   * failed either.
   *
   * @param what the part, why it cannot run, and what would let it
   */
  public synchronized void notRun(String what) {
    notRun++;
    out.println("prove " + proof + " NOT RUN: " + what);
  }

  /** Prints the last line. */
  public synchronized void printSum() {
    out.println(
        "prove "
            + proof
            + " cases="
            + cases
            + " failures="
            + failures
            + (notRun == 0 ? "" : " not-run=" + notRun)
            + " seed="
            + seed);
  }

  /** A proof that ran no case proved nothing. */
  public synchronized boolean holds() {
    return cases > 0 && failures == 0 && notRun == 0;
  }

  /** Whether nothing has failed yet: what follows is worth running. */
  public synchronized boolean holdsSoFar() {
    return failures == 0;
  }

  /** Whether nothing failed, and something could not run. */
  public synchronized boolean isNotRun() {
    return failures == 0 && notRun > 0;
  }
}
