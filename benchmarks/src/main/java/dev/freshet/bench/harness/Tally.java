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
    out.println("prove " + proof + " FAILED case " + cases + ": " + what);
  }

  /** Prints the last line. */
  public synchronized void printSum() {
    out.println("prove " + proof + " cases=" + cases + " failures=" + failures + " seed=" + seed);
  }

  /** A proof that ran no case proved nothing. */
  public synchronized boolean holds() {
    return cases > 0 && failures == 0;
  }
}
