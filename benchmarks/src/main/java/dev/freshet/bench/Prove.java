package dev.freshet.bench;

import dev.freshet.bench.harness.Names;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import dev.freshet.testing.files.WorkFolder;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * {@code ./prove}: lists the proofs, or runs one. {@code --seed N} repeats a run. The exit code is
 * 0 only when at least one case ran and none failed, 1 otherwise, 2 when the arguments are wrong, 3
 * when nothing failed and something cannot run on this machine.
 */
public final class Prove {
  private static final String SEED = "--seed";

  private Prove() {}

  public static void main(String[] args) {
    WorkFolder.deleteAllAtExit();
    System.exit(run(List.of(args), Registry.PROOFS, System.out, System.err));
  }

  static int run(List<String> arguments, List<Proof> proofs, PrintStream out, PrintStream err) {
    if (Listing.isAskedFor(arguments)) {
      Listing.print(
          out, "prove", proofs.stream().map(p -> List.of(p.name(), p.summary())).toList());
      return Exit.OK;
    }
    String name = arguments.getFirst();
    for (Proof proof : proofs) {
      if (proof.name().equals(name)) {
        return prove(proof, new ArrayList<>(arguments.subList(1, arguments.size())), out, err);
      }
    }
    err.println("Cannot find proof: " + name + "; ./prove lists what there is");
    return Exit.USAGE;
  }

  private static int prove(Proof proof, List<String> options, PrintStream out, PrintStream err) {
    long seed;
    try {
      seed = takeSeed(options);
    } catch (RuntimeException e) {
      return Exit.explain(e, err);
    }
    Tally tally = new Tally(Names.check(proof.name()), seed, out);
    int exitCode = Exit.OK;
    try {
      proof.run(List.copyOf(options), tally);
    } catch (Exception e) {
      exitCode = Exit.explain(e, err);
      tally.failed(e.toString());
    }
    tally.printSum();
    if (tally.isNotRun()) {
      return Exit.NOT_RUN;
    }
    return tally.holds() ? Exit.OK : Math.max(exitCode, Exit.FAILED);
  }

  /**
   * Removes the seed from the options; without one a random seed is taken, which the last line
   * names.
   */
  private static long takeSeed(List<String> options) {
    for (int i = 0; i < options.size(); i++) {
      String option = options.get(i);
      if (option.equals(SEED) || option.startsWith(SEED + "=")) {
        boolean apart = option.equals(SEED) && i + 1 < options.size();
        List<String> place = options.subList(i, apart ? i + 2 : i + 1);
        List<String> given = List.copyOf(place);
        place.clear();
        return Options.of(given, "seed").number("seed", 0);
      }
    }
    return RandomGenerator.getDefault().nextInt(1, Integer.MAX_VALUE);
  }
}
