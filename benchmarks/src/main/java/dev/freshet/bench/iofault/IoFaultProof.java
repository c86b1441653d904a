package dev.freshet.bench.iofault;

import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import dev.freshet.testing.simulation.Fault;
import java.util.List;

/**
 * {@code ./prove iofault}: each call that a standard load makes of the disk fails once, in each way
 * that a call can fail; then the power fails. What was acknowledged must be there, transactions
 * must be whole and the view equal to its query.
 */
public final class IoFaultProof implements Proof {
  @Override
  public String name() {
    return "iofault";
  }

  @Override
  public String summary() {
    return "every call of the disk fails once: error, full disk, short write (--times 1 seeds)";
  }

  @Override
  public void run(List<String> arguments, Tally tally) {
    long times = Options.of(arguments, "times").number("times", 1);
    for (long seed = tally.seed(); seed < tally.seed() + times; seed++) {
      run(seed, tally);
    }
  }

  static void run(long seed, Tally tally) {
    long calls = FaultyRun.calls(seed);
    for (Fault fault : Fault.values()) {
      for (long call = 1; call <= calls; call++) {
        String which = "seed " + seed + ", call " + call + " of " + calls + ", " + fault + ": ";
        FaultyRun.withFault(seed, call, fault)
            .ifPresentOrElse(wrong -> tally.failed(which + wrong), tally::passed);
      }
    }
    System.out.printf(
        "seed %d: %d calls, %d kinds of faults%n", seed, calls, Fault.values().length);
  }
}
