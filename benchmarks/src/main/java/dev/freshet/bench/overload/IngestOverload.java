package dev.freshet.bench.overload;

import dev.freshet.bench.harness.Samples;
import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.ingest.PostConnection;
import dev.freshet.bench.ingest.PostServer;
import dev.freshet.testing.files.WorkFolder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Rows posted to a project: at a quarter of what one connection reaches, then by so many
 * connections that ten times as much is sent as is taken, then at a quarter again. Each request has
 * rows of its own: those that were answered with 200 must be there once, those with 429 not at all.
 * Then more are posted, some of which must be taken, and the process is killed with the last
 * answer: the next one must have the same.
 */
final class IngestOverload {
  private static final int HEAP_MIB = 256;
  private static final int ROWS = 50;

  /** So much may wait as two requests have bytes. */
  private static final String LIMITS = "max-request-bytes: 4KiB\nmax-waiting-bytes: 8KiB\n";

  private static final int OK = 200;
  private static final int REFUSED = 429;
  private static final String OVERLOADED = "\"code\":\"OVERLOADED\"";
  private static final int CONNECTIONS_MAX = 400;
  private static final long LOOK_MILLIS = 200;
  private static final double TIMES = 14;
  private static final double NOISE_MILLIS = 50;
  private static final long CALIBRATION_NANOS = 2_000_000_000L;
  private static final long LAST_NANOS = 500_000_000L;
  private static final long WINDOW_NANOS = 2_000_000_000L;
  private static final long SETTLING_NANOS = 20_000_000_000L;
  private static final long PLANTED_SETTLING_NANOS = 3_000_000_000L;
  private static final long RECOVERY_NANOS = 60_000_000_000L;
  private static final long VISIBLE_SECONDS = 120;

  /** What was never written need not be waited for as long. */
  private static final long PLANTED_SECONDS = 2;

  private static final int ACKNOWLEDGED_OF_REFUSED = 50;
  private static final long REFUSAL_NANOS = 1_000_000;

  private final Judged judged;
  private final Planted planted;
  private final Tally tally;
  private final AtomicLong nextRequest = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final BitSet acknowledged = new BitSet(); // guarded by itself
  private final List<String> wrong = new ArrayList<>(); // guarded by itself
  private volatile boolean isOverloaded;
  private volatile boolean wasOverloaded;

  IngestOverload(Judged judged, Planted planted, Tally tally) {
    this.judged = judged;
    this.planted = planted;
    this.tally = tally;
  }

  void run(Duration duration) throws Exception {
    try (WorkFolder folder = WorkFolder.create("freshet-prove-overload-ingest-")) {
      Path models = Files.createDirectories(folder.path().resolve("models/gold"));
      Files.writeString(
          models.resolve("requests.sql"),
          "SELECT id / %d AS request, COUNT(*) AS n, SUM(id) AS ids FROM views GROUP BY id / %d\n"
              .formatted(ROWS, ROWS));
      try (PostServer server = start(folder.path())) {
        long nanos = judged == Judged.SPEED ? CALIBRATION_NANOS : LAST_NANOS;
        double capacity = sent(server, 0, nanos).count() / (nanos / 1e9);
        double usual = sent(server, capacity / 4, 2 * nanos).latency();
        isOverloaded = true;
        Rates rates = overload(server, duration.toNanos(), capacity);
        isOverloaded = false;
        wasOverloaded = true;
        double recovery = recovery(server, capacity / 4, usual);
        System.out.printf(
            Locale.ROOT,
            "ingest: p99 %.1f ms as usual, as usual again after %.1f s%n",
            usual,
            recovery);
        judge(rates, recovery);
        check(server, "");
        if (sent(server, 0, LAST_NANOS).count() == 0) {
          wrong("nothing was taken before the kill");
        }
        server.kill();
      }
      if (planted == Planted.FORGETS_WHEN_KILLED) {
        forgetTheEnd(folder.path().resolve(".freshet/log"));
      }
      try (PostServer server = start(folder.path())) {
        check(server, " after a kill and a start");
      }
    }
    wrong.forEach(each -> tally.failed("ingest: " + each));
    if (wrong.isEmpty()) {
      tally.passed();
    }
  }

  /** One whose speed is not judged starts in half of the CPU time. */
  private PostServer start(Path folder) throws IOException {
    List<String> options = judged == Judged.SPEED ? List.of() : List.of("-XX:TieredStopAtLevel=1");
    return PostServer.start(folder, HEAP_MIB + "m", LIMITS, options);
  }

  /** Takes the end of the last commit: what it held is as if it had never been written. */
  private static void forgetTheEnd(Path log) throws IOException {
    try (Stream<Path> files = Files.list(log)) {
      Path last =
          files.filter(file -> file.toString().endsWith(".log")).sorted().toList().getLast();
      try (FileChannel channel = FileChannel.open(last, StandardOpenOption.WRITE)) {
        channel.truncate(channel.size() - 1);
      }
    }
  }

  private void judge(Rates rates, double recoverySeconds) {
    if (refused.get() == 0) {
      wrong("nothing was refused");
    }
    if (judged == Judged.SPEED) {
      rates.wrong().forEach(this::wrong);
      if (!(recoverySeconds * 1e9 <= RECOVERY_NANOS)) {
        wrong("latency was not as usual a minute after");
      }
    }
  }

  private record Sent(long count, double latency) {}

  /**
   * One connection.
   *
   * @param perSecond 0 for as many as it reaches
   */
  private Sent sent(PostServer server, double perSecond, long nanos) throws IOException {
    Samples samples = new Samples();
    long count = 0;
    try (PostConnection connection = new PostConnection(server.address())) {
      long begin = System.nanoTime();
      for (long i = 0; System.nanoTime() - begin < nanos; i++) {
        long due = perSecond == 0 ? 0 : begin + (long) (i / perSecond * 1e9);
        LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
        long sent = System.nanoTime();
        if (send(connection)) {
          samples.add(System.nanoTime() - sent);
          count++;
        }
      }
    }
    return new Sent(count, samples.millis(0.99));
  }

  /** Adds connections whenever too little is sent, and counts once it was enough. */
  private Rates overload(PostServer server, long nanos, double capacity) throws Exception {
    AtomicBoolean ends = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    boolean isPlanted = planted != Planted.NOTHING;
    long settled = System.nanoTime() + (isPlanted ? PLANTED_SETTLING_NANOS : SETTLING_NANOS);
    long end = Long.MAX_VALUE;
    int wanted = 20;
    Counts first = counts();
    Counts last = first;
    while (System.nanoTime() < end) {
      while (threads.size() < wanted) {
        threads.add(Thread.ofVirtual().start(() -> sendUntil(ends, server)));
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      Counts now = counts();
      boolean isEnough = judged == Judged.SPEED ? now.times(last) >= TIMES : refused.get() > 0;
      wanted = isEnough ? wanted : Math.min(CONNECTIONS_MAX, wanted + wanted / 4);
      last = now;
      if (end == Long.MAX_VALUE && (isEnough || System.nanoTime() > settled)) {
        end = System.nanoTime() + nanos;
        first = now;
      }
    }
    ends.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    double seconds = (last.nanos() - first.nanos()) / 1e9;
    Rates rates =
        new Rates(
            capacity,
            (last.sent() - first.sent()) / seconds,
            (last.taken() - first.taken()) / seconds);
    System.out.printf(
        Locale.ROOT,
        "ingest: %,.0f requests a second of %d rows by one connection; %,.0f sent, %,.0f taken"
            + " (%.1f times), by %d connections; %,d refused in all%n",
        rates.capacity(),
        ROWS,
        rates.offered(),
        rates.taken(),
        rates.times(),
        threads.size(),
        refused.get());
    return rates;
  }

  private record Counts(long sent, long taken, long nanos) {
    double times(Counts before) {
      return (double) (sent - before.sent) / Math.max(1, taken - before.taken);
    }
  }

  private Counts counts() {
    synchronized (acknowledged) {
      long taken = acknowledged.cardinality();
      return new Counts(refused.get() + taken, taken, System.nanoTime());
    }
  }

  private void sendUntil(AtomicBoolean ends, PostServer server) {
    try (PostConnection connection = new PostConnection(server.address())) {
      while (!ends.get()) {
        send(connection);
      }
    } catch (IOException e) {
      wrong("a connection broke: " + e);
    }
  }

  /** Whether it was acknowledged. */
  private boolean send(PostConnection connection) throws IOException {
    int request = (int) nextRequest.getAndIncrement();
    boolean refusesAll =
        (isOverloaded && planted == Planted.COLLAPSES)
            || (wasOverloaded && planted == Planted.REFUSES_AFTERWARDS);
    if (refusesAll) {
      LockSupport.parkNanos(REFUSAL_NANOS);
      refused.incrementAndGet();
      return false;
    }
    int status = connection.send(body(request));
    if (status == REFUSED && connection.answer().contains(OVERLOADED)) {
      refused.incrementAndGet();
    } else if (status != OK) {
      wrong("a request was answered with " + status + ": " + connection.answer());
    }
    boolean isPlanted =
        planted == Planted.ACKNOWLEDGES_REFUSED && request % ACKNOWLEDGED_OF_REFUSED == 0;
    if (status == OK || isPlanted) {
      synchronized (acknowledged) {
        acknowledged.set(request);
      }
    }
    return status == OK;
  }

  private static byte[] body(long request) {
    StringBuilder body = new StringBuilder();
    for (long id = request * ROWS; id < (request + 1) * ROWS; id++) {
      body.append("{\"id\": ").append(id).append(", \"page\": \"/page/").append(id % 100);
      body.append("\", \"millis\": 7}\n");
    }
    return PostConnection.request(body.toString());
  }

  /** Seconds until all of a window is taken, as fast as usual; more than the limit when never. */
  private double recovery(PostServer server, double perSecond, double usual) throws IOException {
    long begin = System.nanoTime();
    boolean canRecover = judged == Judged.SPEED && planted == Planted.NOTHING;
    long limit = canRecover ? RECOVERY_NANOS : WINDOW_NANOS;
    while (System.nanoTime() - begin < limit) {
      long refusedBefore = refused.get();
      double now = sent(server, perSecond, WINDOW_NANOS).latency();
      boolean isTaken = refused.get() == refusedBefore;
      if (isTaken && now <= Math.max(2 * usual, usual + NOISE_MILLIS)) {
        return (System.nanoTime() - begin) / 1e9;
      }
    }
    return Double.POSITIVE_INFINITY;
  }

  /** All rows of each acknowledged request are there once, and no row of another. */
  private void check(PostServer server, String when) throws IOException, InterruptedException {
    long wanted = (long) acknowledged.cardinality() * ROWS;
    long seconds = planted == Planted.NOTHING ? VISIBLE_SECONDS : PLANTED_SECONDS;
    String differs = server.awaitVisible(wanted, seconds) ? "" : " after " + seconds + " s";
    BitSet there = new BitSet();
    for (String row : server.query("SELECT request, n, ids FROM requests")) {
      String[] values = row.split(",", -1);
      int request = Integer.parseInt(values[0]);
      long ids = (long) ROWS * ROWS * request + ROWS * (ROWS - 1) / 2;
      if (Long.parseLong(values[1]) != ROWS || Long.parseLong(values[2]) != ids) {
        wrong("of request " + request + " there are " + values[1] + " rows, not each once" + when);
      }
      there.set(request);
    }
    BitSet lost = (BitSet) acknowledged.clone();
    lost.andNot(there);
    if (!lost.isEmpty()) {
      wrong(lost.cardinality() + " acknowledged requests are lost" + when + differs);
    }
    there.andNot(acknowledged);
    if (!there.isEmpty()) {
      wrong(there.cardinality() + " refused requests are there" + when);
    }
  }

  private void wrong(String what) {
    synchronized (wrong) {
      if (wrong.size() < 5) {
        wrong.add(what);
      }
    }
  }
}
