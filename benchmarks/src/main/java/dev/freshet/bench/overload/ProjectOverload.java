package dev.freshet.bench.overload;

import dev.freshet.bench.harness.Commands;
import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.kill.KillRun;
import dev.freshet.bench.kill.SteadyLoad;
import dev.freshet.bench.kill.Usage;
import dev.freshet.bench.kill.Victim;
import dev.freshet.testing.files.FileTrees;
import dev.freshet.testing.files.WorkFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A project in a small heap whose source sends ten times its usual rate, for the whole time, while
 * one hardship comes after the other. One thread owns it.
 */
final class ProjectOverload {
  /** How long a reader that fell behind has to hear so, before its connection is cut. */
  private static final Duration LAST_WORD = Duration.ofSeconds(5);

  private static final int TIMES = 10;

  /**
   * A reader, a slow disk and a nearly full disk each take a share of the time, and none the rest.
   */
  private static final int PHASES = 4;

  private static final long USUAL_SECONDS = 15;
  private static final long RECOVERY_SECONDS = 60;
  private static final long NOTICE_SECONDS = 60;
  private static final long READ_SECONDS = 10;
  private static final double NOISE_MILLIS = 500;

  /** Others write to the same disk: what is free must be known to so much. */
  private static final long FREE_MARGIN = 3L << 30;

  private final Path example;
  private final Duration duration;
  private final double rate;
  private final Tally tally;

  ProjectOverload(Path example, Duration duration, double rate, Tally tally) {
    this.example = example;
    this.duration = duration;
    this.rate = rate;
    this.tally = tally;
  }

  void run() throws Exception {
    WorkFolder folder = WorkFolder.create("freshet-prove-overload-shop-");
    Path project = folder.path().resolve("shop");
    FileTrees.copy(example, project);
    long free = Files.getFileStore(folder.path()).getUsableSpace();
    boolean canFill = free > 4 * FREE_MARGIN && Commands.exists("fallocate");
    long kept = canFill ? free - FREE_MARGIN : 0;
    Files.writeString(
        project.resolve("freshet.yaml"),
        "log:\n  keep-free: " + (kept >> 20) + "MiB\n",
        StandardOpenOption.APPEND);
    try (KillRun run =
            KillRun.start(
                folder,
                folder.path().resolve("state"),
                project,
                0,
                Victim.Compiler.OPTIMIZING,
                tally.seed());
        Victim victim = run.start()) {
      tell(run.verify(victim), "equal to PostgreSQL before");
      if (!tally.holdsSoFar()) {
        return;
      }
      double usual = latency(run, victim, USUAL_SECONDS);
      overload(run, victim, folder.path().resolve("filler"), canFill);
      recover(run, victim, usual);
      tell(run.compare(victim), "equal to PostgreSQL after");
      System.out.println(
          "project: heap after a collection "
              + (victim.usage().heapBytes() >> 20)
              + " MiB of "
              + Victim.HEAP_MIB);
    }
  }

  private void tell(String wrong, String what) {
    if (wrong.isEmpty()) {
      tally.passed();
    } else {
      tally.failed("project, " + what + ": " + wrong);
    }
  }

  /** The worst model's 99th percentile under the usual load, of the last seconds of it. */
  private double latency(KillRun run, Victim victim, long seconds) throws Exception {
    try (SteadyLoad load = SteadyLoad.start(run.shop(), rate)) {
      TimeUnit.SECONDS.sleep(seconds);
      return load.changes() == 0 ? Double.NaN : victim.usage().latencyMillis();
    }
  }

  private void overload(KillRun run, Victim victim, Path filler, boolean canFill) throws Exception {
    Duration phase = duration.dividedBy(PHASES);
    long begin = System.nanoTime();
    SteadyLoad load = SteadyLoad.start(run.shop(), TIMES * rate);
    try (load) {
      TimeUnit.NANOSECONDS.sleep(phase.toNanos());
      tell(slowReader(run, phase), "a reader of a change feed that does not read");
      if (Commands.exists("strace")) {
        tell(slowDisk(victim, filler.resolveSibling("strace"), phase), "a slow disk");
      } else {
        tally.notRun("a slow disk: there is no strace on the PATH");
      }
      if (canFill) {
        tell(nearlyFullDisk(run, victim, filler, phase), "a nearly full disk");
      } else {
        tally.notRun("a nearly full disk: it takes fallocate and 12 GiB free");
      }
    }
    double offered = load.changes() / ((System.nanoTime() - begin) / 1e9);
    System.out.printf(
        Locale.ROOT,
        "project: %,.0f row changes a second sent, %.1f times the usual %,.0f%n",
        offered,
        offered / rate,
        rate);
    if (offered < 0.8 * TIMES * rate) {
      tally.failed("project: the source could not send ten times the usual rate; lower --rate");
    }
  }

  private static String slowReader(KillRun run, Duration phase) throws Exception {
    URI feed = URI.create(run.address() + "/v1/tables/order_lines/changes?from=snapshot");
    FeedContent content = new FeedContent();
    try (BufferedReader unread = open(feed)) {
      content.line(unread.readLine());
      TimeUnit.NANOSECONDS.sleep(phase.toNanos());
      readOn(unread, content, phase.compareTo(LAST_WORD) > 0);
    }
    System.out.printf(
        Locale.ROOT,
        "project: a reader that did not read for %d s got %,d changes%s%n",
        phase.toSeconds(),
        content.changes(),
        content.isCutOff() ? ", and was told that it is too slow or cut off" : "");
    return content.wrong();
  }

  private static BufferedReader open(URI feed) throws IOException {
    URLConnection connection = feed.toURL().openConnection();
    connection.setReadTimeout((int) TimeUnit.SECONDS.toMillis(NOTICE_SECONDS));
    return new BufferedReader(
        new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * To the end of the feed, or for a while.
   *
   * @param mayBeCut whether it was not read for so long that the connection may be cut
   */
  static void readOn(BufferedReader feed, FeedContent content, boolean mayBeCut)
      throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(READ_SECONDS);
    try {
      for (String line = feed.readLine(); line != null; line = feed.readLine()) {
        content.line(line);
        if (System.nanoTime() > end && content.isBetweenSteps()) {
          return;
        }
      }
      content.end("");
    } catch (SocketTimeoutException e) {
      throw e; // neither more nor an end has come
    } catch (IOException e) {
      if (mayBeCut) {
        content.cutOff();
      } else {
        content.end(e.toString());
      }
    }
  }

  /** Each sync takes a tenth of a second longer, and every call a little. */
  private static String slowDisk(Victim victim, Path trace, Duration phase) throws Exception {
    Process slowing =
        new ProcessBuilder(
                "strace",
                "-f",
                "-qq",
                "-o",
                trace.toString(),
                "-e",
                "trace=fsync,fdatasync",
                "-e",
                "inject=fsync,fdatasync:delay_enter=100000",
                "-p",
                String.valueOf(victim.pid()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    boolean ended;
    try {
      ended = slowing.waitFor(phase.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      slowing.destroy(); // lets the process go on
      slowing.waitFor();
    }
    if (ended) {
      return "strace did not slow the process: it ended by itself";
    }
    long delayed;
    try (Stream<String> lines = Files.lines(trace, StandardCharsets.ISO_8859_1)) {
      delayed = lines.filter(line -> line.contains("(DELAYED)")).count();
    }
    System.out.println("project: " + delayed + " syncs were slowed down");
    return delayed == 0 ? "no sync was slowed down" : "";
  }

  /** The source must wait before the disk is full, say so, and go on when there is room. */
  private static String nearlyFullDisk(KillRun run, Victim victim, Path filler, Duration phase)
      throws Exception {
    Commands.require("fallocate", "-l", String.valueOf(2 * FREE_MARGIN), filler.toString());
    try {
      if (!await(victim, "are to stay free")) {
        return "the status does not say that the source waits: " + victim.problems();
      }
      long before = victim.usage().diskBytes();
      TimeUnit.NANOSECONDS.sleep(phase.toNanos());
      long after = victim.usage().diskBytes();
      if (after - before > 8 << 20) {
        return "the log grew by " + (after - before) + " bytes while the source was to wait";
      }
    } finally {
      Files.delete(filler);
    }
    return run.awaitHealthy(victim, NOTICE_SECONDS)
        ? ""
        : "it did not go on when there was room: " + victim.problems();
  }

  private static boolean await(Victim victim, String problem) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(NOTICE_SECONDS);
    while (!victim.problems().contains(problem)) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
    return true;
  }

  /** Under the usual load latency must be as usual within a minute. */
  private void recover(KillRun run, Victim victim, double usual) throws Exception {
    long begin = System.nanoTime();
    double allowed = Math.max(2 * usual, usual + NOISE_MILLIS);
    double seconds = Double.POSITIVE_INFINITY;
    double last = Double.NaN;
    try (SteadyLoad load = SteadyLoad.start(run.shop(), rate)) {
      while (seconds > RECOVERY_SECONDS && System.nanoTime() - begin < 1e9 * RECOVERY_SECONDS) {
        TimeUnit.SECONDS.sleep(1);
        Usage usage = victim.usage();
        last = usage.latencyMillis();
        if (last >= 0 && last <= allowed) {
          seconds = (System.nanoTime() - begin) / 1e9;
        }
      }
      System.out.printf(
          Locale.ROOT,
          "project: p99 %.0f ms as usual, %.0f ms again %.0f s after (%,d row changes)%n",
          usual,
          last,
          seconds,
          load.changes());
    }
    tell(
        seconds <= RECOVERY_SECONDS ? "" : "p99 is " + last + " ms a minute after, not " + allowed,
        "latency as usual");
  }
}
