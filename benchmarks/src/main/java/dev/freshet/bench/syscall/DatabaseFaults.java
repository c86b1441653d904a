package dev.freshet.bench.syscall;

import dev.freshet.bench.disk.CutDisk;
import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.numbered.Defect;
import dev.freshet.bench.numbered.NumberedCheck;
import dev.freshet.bench.numbered.NumberedProcess;
import dev.freshet.bench.numbered.Told;
import dev.freshet.testing.files.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Faults of one kind in the library's database. */
final class DatabaseFaults {
  private static final int DISK_MEBIBYTES = 96;

  /** So many transactions make more calls of each kind than the highest k. */
  private static final int TRANSACTIONS_MAX = 250;

  private static final int TRANSACTIONS_AFTER = 3;
  private static final long SECONDS_MAX = 90;
  private static final String REFUSED = "cannot be recovered: STORAGE_DAMAGED";

  private final Injection injection;
  private final Defect defect;
  private final boolean cuts;
  private long cases;
  private long ofLog;
  private long refused;
  private boolean isRefused;
  private long missed;

  DatabaseFaults(Injection injection, Defect defect) throws IOException {
    this.cuts = CutDisk.cannotRun().isEmpty();
    this.injection = injection;
    this.defect = defect;
  }

  /** The k are spread evenly, each at a random place of its part. */
  void run(long times, Random random, Tally tally) throws Exception {
    for (long i = 0; i < times; i++) {
      double place = (i + random.nextDouble()) / times;
      long k = 1 + (long) (place * injection.last());
      run(k, tally);
    }
    if (missed * 5 > cases) {
      tally.failed(injection + ": " + missed + " of " + cases + " faults never came");
    }
  }

  void run(long k, Tally tally) throws Exception {
    long missedBefore = missed;
    String wrong = fault(k);
    if (!wrong.isEmpty()) {
      tally.failed(injection + " at k = " + k + ": " + wrong);
    } else if (missed == missedBefore) {
      tally.passed(); // a fault that never came has shown nothing
    }
  }

  /** Lets one call go wrong; returns what was wrong, or an empty text. */
  String fault(long k) throws Exception {
    cases++;
    isRefused = false;
    String wrong = faultAndLook(k);
    refused += isRefused ? 1 : 0;
    return wrong;
  }

  private String faultAndLook(long k) throws Exception {
    try (WorkFolder folder = WorkFolder.create("freshet-prove-syscall-")) {
      Path trace = folder.path().resolve("trace");
      if (!cuts) {
        Path directory = folder.path().resolve("db");
        return verdict(suffer(k, trace, directory), directory);
      }
      try (CutDisk disk = CutDisk.create(DISK_MEBIBYTES)) {
        Path directory = disk.root().resolve("db");
        Suffered suffered = suffer(k, trace, directory);
        Path copy = disk.copy();
        String wrong = verdict(suffered, directory);
        if (!wrong.isEmpty()) {
          return wrong;
        }
        wrong = disk.look(copy, root -> verdict(suffered, root.resolve("db")));
        return wrong.isEmpty() ? "" : "after a power cut: " + wrong;
      }
    }
  }

  /**
   * What became of the process, which is gone now.
   *
   * @param wrong what it did wrong while it ran, or an empty text
   */
  private record Suffered(long lasting, String wrong) {}

  private Suffered suffer(long k, Path trace, Path directory) throws Exception {
    try (NumberedProcess process =
        NumberedProcess.start(injection.tracer(k, trace), directory, defect)) {
      boolean isAlive = runOn(process, trace);
      boolean isKilled = process.isKilled();
      process.kill();
      List<Trace.Hit> hits = Trace.hits(trace);
      boolean isHit = !hits.isEmpty() || (injection == Injection.KILLED_AT_SYNC && isKilled);
      missed += isHit ? 0 : 1;
      ofLog += hits.stream().anyMatch(Trace.Hit::isOfLog) ? 1 : 0;
      String wrong = acknowledgedAfter(hits, process.told());
      if (wrong.isEmpty() && injection.isSurvived() && !isAlive) {
        wrong = "the process did not go on: " + process.output();
      }
      return new Suffered(process.lasting(), wrong);
    }
  }

  /** Until the fault has come and some transactions after it; returns whether it still runs. */
  private static boolean runOn(NumberedProcess process, Path trace) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
    while (process.isAlive() && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(20);
      List<Trace.Hit> hits = Trace.hits(trace);
      long since = hits.isEmpty() ? Long.MAX_VALUE : hits.getFirst().micros();
      long after =
          process.told().stream()
              .filter(t -> t.kind() == Told.Kind.ACKNOWLEDGED && t.micros() > since)
              .count();
      if (after >= TRANSACTIONS_AFTER || process.acknowledged() > TRANSACTIONS_MAX) {
        return true;
      }
    }
    return false;
  }

  /** Nothing is acknowledged between a failed call of the log and the next opening. */
  private String acknowledgedAfter(List<Trace.Hit> hits, List<Told> told) {
    if (!injection.isError()) {
      return "";
    }
    for (Trace.Hit hit : hits) {
      for (Told each : told) {
        if (hit.isOfLog() && each.micros() > hit.micros()) {
          if (each.kind() == Told.Kind.OPENED) {
            break;
          }
          if (each.kind() == Told.Kind.ACKNOWLEDGED) {
            return "transaction "
                + each.number()
                + " was acknowledged after a failed call of "
                + hit.path();
          }
        }
      }
    }
    return "";
  }

  /** A disk that loses what it says it has written cannot be overcome, but must be noticed. */
  private String verdict(Suffered suffered, Path directory) throws IOException {
    if (!suffered.wrong().isEmpty()) {
      return suffered.wrong();
    }
    String wrong = NumberedCheck.look(directory, suffered.lasting()).wrong();
    if (injection == Injection.WRITE_LOST && wrong.startsWith(REFUSED)) {
      isRefused = true;
      return "";
    }
    return wrong;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: %d faults, %d of them in the log, %d never came, %d times opening was refused",
        injection,
        cases,
        ofLog,
        missed,
        refused);
  }
}
