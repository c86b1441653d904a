package dev.freshet.bench.overload;

import dev.freshet.bench.harness.ChildJvm;
import dev.freshet.core.error.FreshetException;
import dev.freshet.testing.files.WorkFolder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Too many writers of the library's database, in a process with a small heap. */
final class WriterOverload {
  private static final int HEAP_MIB = 192;
  private static final long RECOVERY_SECONDS_MAX = 60;

  /** What need not or never becomes as usual is not waited for as long. */
  private static final long SHORT_SECONDS_MAX = 3;

  private static final Duration MORE_TIME = Duration.ofMinutes(5);

  private WriterOverload() {}

  /**
   * What was measured.
   *
   * @param wrong all that was wrong; empty when nothing was
   */
  record Result(
      Rates rates,
      double refused,
      double usualMillis,
      double overloadMillis,
      double recoverySeconds,
      List<String> wrong) {}

  static Result run(Duration duration, Judged judged, Planted planted) throws IOException {
    boolean canRecover = judged == Judged.SPEED && planted == Planted.NOTHING;
    long recoverySeconds = canRecover ? RECOVERY_SECONDS_MAX : SHORT_SECONDS_MAX;
    try (WorkFolder folder = WorkFolder.create("freshet-prove-overload-")) {
      ChildJvm jvm = ChildJvm.ofOwnClasses("-Xmx" + HEAP_MIB + "m", "-XX:+UseSerialGC");
      ChildJvm.Outcome outcome =
          jvm.run(
              WriterOverloadMain.class.getName(),
              duration.plus(MORE_TIME),
              folder.path().resolve("db").toString(),
              String.valueOf(duration.toMillis()),
              planted.name(),
              String.valueOf(recoverySeconds));
      return judged(outcome, judged, recoverySeconds);
    } catch (FreshetException e) {
      List<String> wrong = List.of("the process did not survive: " + e.getMessage());
      Rates none = new Rates(Double.NaN, Double.NaN, Double.NaN);
      return new Result(none, 0, Double.NaN, Double.NaN, Double.NaN, wrong);
    }
  }

  private static Result judged(ChildJvm.Outcome outcome, Judged judged, long recoverySecondsMax) {
    Rates rates =
        new Rates(
            outcome.figure("capacity_per_s"),
            outcome.figure("offered_per_s"),
            outcome.figure("taken_per_s"));
    double recovery = outcome.figure("recovery_s");
    List<String> wrong = new ArrayList<>();
    outcome.notes().forEach((name, text) -> wrong.add(name + ": " + text));
    if (!(outcome.figure("refused") > 0)) {
      wrong.add("nothing was refused");
    }
    if (judged == Judged.SPEED) {
      wrong.addAll(rates.wrong());
      if (!(recovery <= recoverySecondsMax)) {
        wrong.add("latency was not as usual " + recoverySecondsMax + " s after");
      }
    }
    return new Result(
        rates,
        outcome.figure("refused"),
        outcome.figure("usual_ms"),
        outcome.figure("overload_ms"),
        recovery,
        wrong);
  }
}
