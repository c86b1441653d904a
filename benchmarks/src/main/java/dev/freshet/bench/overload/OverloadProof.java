package dev.freshet.bench.overload;

import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * {@code ./prove overload --for 10m --rate 500}: ten times as many writes as the library takes; ten
 * times as many posted rows as a project takes; and a project whose source sends ten times its
 * usual rate, with a reader of a change feed that does not read, a slow disk, and a disk that is
 * nearly full. The heap is small, what is too much is refused or waits, nothing that was
 * acknowledged is lost, and latency is as usual within a minute after.
 */
public final class OverloadProof implements Proof {
  @Override
  public String name() {
    return "overload";
  }

  @Override
  public String summary() {
    return "ten times the load, slow readers, a slow and a nearly full disk, in a small heap"
        + " (--for 10m, --rate 500 row changes a second as usual)";
  }

  @Override
  public void run(List<String> arguments, Tally tally) throws Exception {
    Options options = Options.of(arguments, "for", "rate");
    Duration duration = options.duration("for", Duration.ofMinutes(10));
    long rate = options.number("rate", 500);
    if (duration.toSeconds() < 30 || rate < 1) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID, "Invalid overload: --for is at least 30s, --rate at least 1");
    }
    run(duration.dividedBy(4), Judged.SPEED, Planted.NOTHING, tally);
    new IngestOverload(Judged.SPEED, Planted.NOTHING, tally).run(duration.dividedBy(4));
    Path example = Path.of(System.getProperty("freshet.home", "")).resolve("examples/shop");
    new ProjectOverload(example, duration.dividedBy(2), rate, tally).run();
  }

  /** The library's part. */
  static void run(Duration duration, Judged judged, Planted planted, Tally tally) throws Exception {
    WriterOverload.Result result = WriterOverload.run(duration, judged, planted);
    System.out.printf(
        Locale.ROOT,
        "library: %,.0f writes a second by one writer; %,.0f offered, %,.0f taken (%.1f times),"
            + " %,.0f refused in all; p99 %.1f ms as usual, %.1f ms under overload, as usual again after %.1f s%n",
        result.rates().capacity(),
        result.rates().offered(),
        result.rates().taken(),
        result.rates().times(),
        result.refused(),
        result.usualMillis(),
        result.overloadMillis(),
        result.recoverySeconds());
    for (String wrong : result.wrong()) {
      tally.failed("library: " + wrong);
    }
    if (result.wrong().isEmpty()) {
      tally.passed();
    }
  }
}
