package dev.freshet.bench.tpch;

import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import dev.freshet.testing.files.WorkFolder;
import dev.freshet.testing.property.Draws;
import java.util.List;

/**
 * {@code ./prove tpch}: the 22 questions of TPC-H as maintained views, while orders come, go and
 * change in random steps. After every step each view must equal DuckDB's answer; and each must have
 * had rows.
 */
public final class TpchProof implements Proof {
  @Override
  public String name() {
    return "tpch";
  }

  @Override
  public String summary() {
    return "TPC-H's 22 questions under inserts, updates and deletes equal DuckDB's answers"
        + " (--steps 20, --scale 2)";
  }

  @Override
  public void run(List<String> arguments, Tally tally) throws Exception {
    Options options = Options.of(arguments, "steps", "scale");
    int scale = (int) options.number("scale", 2);
    long steps = options.number("steps", 20);
    try (WorkFolder folder = WorkFolder.create("freshet-prove-tpch-");
        TpchRun run = new TpchRun(folder.path().resolve("db"), new Draws(tally.seed()), scale)) {
      run.load();
      run.compare("after the load", tally);
      for (long step = 1; step <= steps; step++) {
        run.change();
        run.compare("after step " + step, tally);
      }
      for (int query : run.queriesWithoutRows()) {
        tally.failed("q" + query + " never had a row, so nothing was compared; take more --scale");
      }
    }
  }
}
