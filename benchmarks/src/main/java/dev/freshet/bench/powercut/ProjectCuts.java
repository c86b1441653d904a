package dev.freshet.bench.powercut;

import dev.freshet.bench.disk.CutDisk;
import dev.freshet.bench.harness.Signals;
import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.kill.KillRun;
import dev.freshet.bench.kill.Victim;
import dev.freshet.demo.shop.ShopWorkload;
import dev.freshet.testing.files.WorkFolder;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Cuts of a project's state. PostgreSQL's data lies on another disk and has forgotten what it was
 * told is durable, so a loss would never come back.
 */
final class ProjectCuts {
  private static final int DISK_MEBIBYTES = 512;
  private static final int RATE = 1_000;
  private static final int WORK_MILLIS_MIN = 300;
  private static final int WORK_MILLIS_MAX = 3_000;

  private final Path example;
  private final long seed;
  private final Random random;
  private final CutFigures figures = new CutFigures("project");

  ProjectCuts(Path example, long seed) {
    this.example = example;
    this.seed = seed;
    this.random = new Random(seed);
  }

  CutFigures figures() {
    return figures;
  }

  void run(long cuts, Tally tally) throws Exception {
    WorkFolder folder = WorkFolder.create("freshet-prove-powercut-shop-");
    try (CutDisk disk = CutDisk.create(DISK_MEBIBYTES);
        KillRun run = KillRun.start(folder, disk.root().resolve("state"), example, RATE, seed)) {
      for (long i = 0; i < cuts; i++) {
        String wrong = cut(disk, run);
        if (!wrong.isEmpty()) {
          tally.failed("project's cut " + (i + 1) + ": " + wrong);
          return;
        }
        tally.passed();
      }
      String wrong = run.verify();
      if (wrong.isEmpty()) {
        tally.passed();
      } else {
        tally.failed("after the last cut of the project: " + wrong);
      }
    }
    figures.requireMeaning(tally);
  }

  /** Compares what the cut before has left, works on and is cut. */
  private String cut(CutDisk disk, KillRun run) throws Exception {
    try (Victim victim = run.start()) {
      String wrong = run.verify(victim);
      if (!wrong.isEmpty()) {
        return wrong;
      }
      try (ShopWorkload workload = run.work()) {
        TimeUnit.MILLISECONDS.sleep(
            WORK_MILLIS_MIN + random.nextInt(WORK_MILLIS_MAX - WORK_MILLIS_MIN));
        disk.witnessUnsynced();
        Signals.stop(victim.pid());
        Path copy = disk.copy();
        if (!victim.kill()) {
          return "the process ended by itself: " + victim.output();
        }
        workload.stop();
        figures.acknowledged(workload.await().transactions());
        disk.become(copy);
        figures.cut(CutDisk.isCut(disk.root()), false);
      }
      return "";
    }
  }
}
