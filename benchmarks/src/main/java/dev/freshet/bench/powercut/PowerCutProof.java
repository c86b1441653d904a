package dev.freshet.bench.powercut;

import dev.freshet.bench.disk.CutDisk;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.numbered.Defect;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * {@code ./prove powercut --cuts 500 --project-cuts 10}: state on a file system in a file; the file
 * is copied while the process that writes stands still, the process is killed, and what the copy
 * holds is recovered. Most cuts hit the library under numbered transactions, as many more as were
 * asked for a project over a PostgreSQL whose data lies elsewhere.
 */
public final class PowerCutProof implements Proof {
  private static final int CUTS_MAX = 1_000_000;

  @Override
  public String name() {
    return "powercut";
  }

  @Override
  public String summary() {
    return "power cuts of the disk that state lies on, as root"
        + " (--cuts 500 of the library, --project-cuts 10 of a project over PostgreSQL)";
  }

  @Override
  public void run(List<String> arguments, Tally tally) throws Exception {
    Options options = Options.of(arguments, "cuts", "project-cuts");
    long cuts = options.within("cuts", 500, 0, CUTS_MAX);
    long projectCuts = options.within("project-cuts", 10, 0, CUTS_MAX);
    Path example = Path.of(System.getProperty("freshet.home", "")).resolve("examples/shop");
    run(example, cuts, projectCuts, tally);
  }

  static void run(Path example, long cuts, long projectCuts, Tally tally) throws Exception {
    String reason = CutDisk.cannotRun();
    if (!reason.isEmpty()) {
      tally.notRun("no power can be cut: " + reason + ". Nothing was shown.");
      return;
    }
    long begin = System.nanoTime();
    DatabaseCuts database = new DatabaseCuts(new Random(tally.seed()), Defect.NONE);
    database.run(cuts, tally);
    print(database.figures(), begin);
    if (projectCuts > 0 && tally.holdsSoFar()) {
      begin = System.nanoTime();
      ProjectCuts project = new ProjectCuts(example, tally.seed());
      project.run(projectCuts, tally);
      print(project.figures(), begin);
    }
  }

  private static void print(CutFigures figures, long begin) {
    double minutes = (System.nanoTime() - begin) / 60e9;
    System.out.printf("%s; %.1f cuts a minute%n", figures, figures.cuts() / minutes);
  }
}
