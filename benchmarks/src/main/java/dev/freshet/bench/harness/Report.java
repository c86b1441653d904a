package dev.freshet.bench.harness;

import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects a benchmark's figures and prints them last, one line each, for a reader or a script:
 *
 * <pre>bench pipeline throughput_rows_per_s value=41200 target=30000 ok</pre>
 *
 * <p>For use by one thread.
 */
public final class Report {
  private enum Verdict {
    OK,
    SHORT
  }

  private record Line(String text, Verdict verdict) {}

  private final String benchmark;
  private final List<Line> lines = new ArrayList<>();

  public Report(String benchmark) {
    this.benchmark = benchmark;
  }

  /** A figure that should reach {@code target}, such as a throughput. */
  public void atLeast(String metric, double value, double target) {
    add(metric, value, target, value >= target ? Verdict.OK : Verdict.SHORT);
  }

  /** A figure that should stay within {@code target}, such as a latency. */
  public void atMost(String metric, double value, double target) {
    add(metric, value, target, value <= target ? Verdict.OK : Verdict.SHORT);
  }

  /** A figure without a target: told, never short. */
  public void figure(String metric, double value) {
    lines.add(new Line(head(metric, value) + " target=- ok", Verdict.OK));
  }

  /** Prints a line per figure. */
  public void print(PrintStream out) {
    for (Line line : lines) {
      out.println(line.text());
    }
  }

  /** Whether no figure was taken. */
  public boolean isEmpty() {
    return lines.isEmpty();
  }

  private void add(String metric, double value, double target, Verdict verdict) {
    String word =
        switch (verdict) {
          case OK -> "ok";
          case SHORT -> "short";
        };
    lines.add(new Line(head(metric, value) + " target=" + plain(target) + " " + word, verdict));
  }

  private String head(String metric, double value) {
    return "bench " + benchmark + " " + Names.check(metric) + " value=" + plain(value);
  }

  /** Four significant digits, never in scientific notation, so that scripts can compare. */
  private static String plain(double value) {
    if (!Double.isFinite(value)) {
      return "none";
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros();
    return rounded.toPlainString();
  }
}
