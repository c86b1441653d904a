package dev.freshet.bench.powercut;

import dev.freshet.bench.disk.CutDisk;
import dev.freshet.bench.harness.Signals;
import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.numbered.Defect;
import dev.freshet.bench.numbered.NumberedCheck;
import dev.freshet.bench.numbered.NumberedProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Cuts of the library's database. Each life begins with what the cut before has left. */
final class DatabaseCuts {
  private static final int DISK_MEBIBYTES = 128;
  private static final int LIVES_A_DISK = 10;
  private static final int CUTS_A_LIFE = 4;
  private static final int START_CUT_PERCENT = 20;
  private static final int START_MILLIS_MAX = 400;
  private static final int WORK_MILLIS_MAX = 500;
  private static final long OPEN_SECONDS = 60;

  private final Random random;
  private final Defect defect;
  private final CutFigures figures = new CutFigures("library");
  private long lasting;

  DatabaseCuts(Random random, Defect defect) {
    this.random = random;
    this.defect = defect;
  }

  CutFigures figures() {
    return figures;
  }

  void run(long cuts, Tally tally) throws Exception {
    while (figures.cuts() < cuts) {
      lasting = 0;
      try (CutDisk disk = CutDisk.create(DISK_MEBIBYTES)) {
        for (int life = 0; life < LIVES_A_DISK && figures.cuts() < cuts; life++) {
          if (!live(disk, life, Math.min(cuts - figures.cuts(), CUTS_A_LIFE), tally)) {
            return; // what follows would fail for the same reason
          }
        }
      }
      System.out.printf("%d of %d cuts%n", figures.cuts(), cuts);
    }
    figures.requireMeaning(tally);
  }

  /** Cuts one process several times; the next life begins with what the last of them left. */
  private boolean live(CutDisk disk, int life, long cuts, Tally tally) throws Exception {
    boolean isStarting = life > 0 && random.nextInt(100) < START_CUT_PERCENT;
    try (NumberedProcess process =
        NumberedProcess.start(List.of(), disk.root().resolve("db"), defect)) {
      if (!isStarting && !process.await(p -> p.acknowledged() > 0, OPEN_SECONDS)) {
        tally.failed("the process did not write: " + process.output());
        return false;
      }
      for (long left = cuts; left > 0; left--) {
        TimeUnit.MILLISECONDS.sleep(
            random.nextInt(isStarting ? START_MILLIS_MAX : WORK_MILLIS_MAX));
        if (!cut(disk, process, isStarting, left == 1, tally)) {
          return false;
        }
      }
      return true;
    }
  }

  private boolean cut(
      CutDisk disk, NumberedProcess process, boolean isStarting, boolean isLast, Tally tally)
      throws Exception {
    disk.witnessUnsynced();
    if (!process.isAlive()) {
      tally.failed("the process ended by itself: " + process.output());
      return false;
    }
    Signals.stop(process.pid());
    lasting = Math.max(lasting, process.lasting());
    Path copy = disk.copy();
    CutDisk.Look<Outcome> look =
        root ->
            new Outcome(
                CutDisk.isCut(root), NumberedCheck.look(root.resolve("db"), lasting).wrong());
    Outcome outcome = disk.look(copy, look);
    if (isLast) {
      process.kill();
      figures.acknowledged(process.acknowledged());
      disk.become(copy);
    } else {
      Signals.go(process.pid());
      disk.forget(copy);
    }
    figures.cut(outcome.isCut(), isStarting);
    if (outcome.wrong().isEmpty()) {
      tally.passed();
    } else {
      tally.failed("cut " + figures.cuts() + ": " + outcome.wrong());
    }
    return outcome.wrong().isEmpty();
  }

  private record Outcome(boolean isCut, String wrong) {}
}
