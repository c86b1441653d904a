package dev.freshet.bench.soak;

import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.kill.Usage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What a process held, life by life. A measure is flat when neither grows:
 *
 * <pre>
 * within lives   median of a life's last third  - median of its first third;  of all lives the median
 * across lives   median over the last third of the lives - median over the first third,
 *                each life counting by the median of its last third; not judged below three lives
 * </pre>
 *
 * <p>The samples of a life's beginning, while caches fill, are not to be added.
 */
final class Samples {
  /** With fewer, a third is no more than one sample. */
  private static final int SAMPLES_A_LIFE_MIN = 6;

  private static final int LIVES_MIN = 3;

  private String handles = "";

  private final List<List<Usage>> lives = new ArrayList<>();

  void begin() {
    lives.add(new ArrayList<>());
  }

  void add(Usage usage) {
    lives.getLast().add(usage);
  }

  /** What the life that ends has open, at its end and since its beginning. */
  void handles(HandleKinds atFirst, HandleKinds atLast) {
    handles = "\nopen in life " + lives.size() + ":\n" + atLast.since(atFirst);
  }

  /** The last sample, for people. */
  String last() {
    Usage usage = lives.getLast().getLast();
    return String.format(
        Locale.ROOT,
        "life %d: heap %d MiB, %d file handles, %d threads, log %d MiB",
        lives.size(),
        usage.heapBytes() >> 20,
        usage.handles(),
        usage.threads(),
        usage.diskBytes() >> 20);
  }

  int count() {
    return lives.stream().mapToInt(List::size).sum();
  }

  /** Counts each measure as a case; too few samples are a failure. */
  void judge(Tally tally) {
    List<List<Usage>> counted =
        lives.stream().filter(life -> life.size() >= SAMPLES_A_LIFE_MIN).toList();
    if (counted.isEmpty() || counted.size() * 2 < lives.size()) {
      tally.failed(
          counted.size()
              + " of "
              + lives.size()
              + " lives were long enough to be judged; take a longer --kill-every");
      return;
    }
    for (Measure measure : Measure.values()) {
      judge(measure, counted, tally);
    }
    if (!isJudgedAcross(counted)) {
      tally.notRun(
          "growth across lives is not judged: there were "
              + counted.size()
              + " of at least "
              + LIVES_MIN
              + "; take a longer --for");
    }
  }

  private static boolean isJudgedAcross(List<List<Usage>> lives) {
    return lives.size() >= LIVES_MIN;
  }

  private void judge(Measure measure, List<List<Usage>> lives, Tally tally) {
    double first = median(lives.stream().mapToDouble(life -> third(measure, life, 0)));
    double within =
        median(
            lives.stream().mapToDouble(life -> third(measure, life, 2) - third(measure, life, 0)));
    double[] ends = lives.stream().mapToDouble(life -> third(measure, life, 2)).toArray();
    double across = isJudgedAcross(lives) ? third(ends, 2) - third(ends, 0) : Double.NaN;
    String figures =
        String.format(
            Locale.ROOT,
            "%s: %.1f at the start of lives, %+.1f within a life, %s across %d lives; allowed are"
                + " +%.1f",
            measure.name().toLowerCase(Locale.ROOT).replace('_', ' '),
            first,
            within,
            Double.isNaN(across) ? "not judged" : String.format(Locale.ROOT, "%+.1f", across),
            lives.size(),
            measure.allowed(first));
    System.out.println(figures);
    if (within > measure.allowed(first) || across > measure.allowed(first)) {
      tally.failed("not flat: " + figures + (measure == Measure.FILE_HANDLES ? handles : ""));
    } else {
      tally.passed();
    }
  }

  /** The median of all samples of what is told and not judged. */
  double median(ToDoubleFunction<Usage> of) {
    return median(lives.stream().flatMap(List::stream).mapToDouble(of));
  }

  private static double third(Measure measure, List<Usage> life, int which) {
    return third(life.stream().mapToDouble(measure::of).toArray(), which);
  }

  private static double third(double[] values, int which) {
    int size = Math.max(1, values.length / 3);
    int from = which == 0 ? 0 : values.length - size;
    return median(IntStream.range(from, from + size).mapToDouble(i -> values[i]));
  }

  private static double median(DoubleStream values) {
    double[] sorted = values.toArray();
    Arrays.sort(sorted);
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }
}
