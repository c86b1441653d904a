package dev.freshet.bench.nexmark;

import dev.freshet.bench.harness.ChildJvm;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.type.Keep;
import dev.freshet.engine.Engine;
import dev.freshet.engine.workers.WorkerSettings;
import dev.freshet.engine.workers.Workers;
import dev.freshet.measure.RowTexts;
import dev.freshet.testing.files.WorkFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * {@code ./prove nexmark}: the same events through Freshet, as maintained views in random steps,
 * and through Flink SQL; the final rows of each query must be equal. Events are a millisecond
 * apart, which is as fine as Flink's event time is, so that no two have the same time.
 */
public final class NexmarkProof implements Proof {
  /** Of all but the smallest steps the work is shared. */
  private static final WorkerSettings SHARED = WorkerSettings.of(3).withPartRows(64);

  private static final long MICROS_AN_EVENT = 1_000;
  private static final int STEP_EVENTS_MAX = 5_000;
  private static final int DIFFERENCES_SHOWN = 3;

  @Override
  public String name() {
    return "nexmark";
  }

  @Override
  public String summary() {
    return "Nexmark's queries have the same rows as in Flink SQL (--events 100000, --query 5)";
  }

  @Override
  public void run(List<String> arguments, Tally tally) throws Exception {
    Options options = Options.of(arguments, "events", "query");
    long events = options.number("events", 100_000);
    FlinkPeer flink = new FlinkPeer();
    try (WorkFolder folder = WorkFolder.create("freshet-prove-nexmark-")) {
      Path file = folder.path().resolve("events");
      NexmarkEventFile.write(file, new Events(tally.seed(), MICROS_AN_EVENT), events);
      Path queries = Files.createDirectory(folder.path().resolve("queries"));
      for (int query = 0; query < NexmarkQuery.COUNT; query++) {
        if (!options.has("query") || options.number("query", 0) == query) {
          Files.writeString(
              queries.resolve("q" + query), definite(query, NexmarkQuery.flinkSql(query)));
        }
      }
      ChildJvm.Outcome outcome = flink.rows(queries, file, events, Duration.ofMinutes(30));
      for (int query = 0; query < NexmarkQuery.COUNT; query++) {
        Path theirs = queries.resolve("q" + query + ".rows");
        String unsupported = outcome.notes().get("q" + query + "_unsupported");
        if (unsupported != null) {
          System.out.println("q" + query + ": Flink does not support it: " + unsupported);
        } else if (Files.exists(theirs)) {
          compare(query, ours(query, events, tally.seed()), RowTexts.read(theirs), tally);
        } else if (Files.exists(queries.resolve("q" + query))) {
          tally.failed("q" + query + ": Flink left no rows");
        }
      }
    }
  }

  /** With a rank that does not depend on the order in which rows of equal price come. */
  private static String definite(int query, String sql) {
    return query == 19 ? sql.replace("ORDER BY price DESC", "ORDER BY price DESC, date_time") : sql;
  }

  private static RowTexts ours(int query, long events, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed + query);
    Events source = new Events(seed, MICROS_AN_EVENT);
    RowTexts rows = new RowTexts();
    try (WorkFolder folder = WorkFolder.create("freshet-prove-nexmark-");
        Workers workers = Workers.of(Scheduler.threads(), SHARED)) {
      Engine engine =
          NexmarkEngine.create(
              new LocalStorage(folder.path()),
              query,
              definite(query, NexmarkQuery.sql(query)),
              Keep.NONE,
              Keep.ALL,
              workers);
      long step = NexmarkEngine.FIRST_STEP;
      for (long done = 0; done < events; ) {
        int now = (int) Math.min(1 + random.nextInt(STEP_EVENTS_MAX), events - done);
        source.next(now).forEach(engine::apply);
        engine.step(++step, 1);
        done += now;
      }
      engine.snapshot().scan(NexmarkEngine.VIEW, batch -> add(batch, rows));
    }
    return rows;
  }

  private static void add(Batch batch, RowTexts rows) {
    for (int row = 0; row < batch.rowCount(); row++) {
      rows.add(Values.readRow(batch, row), batch.weight(row));
    }
  }

  private static void compare(int query, RowTexts ours, RowTexts theirs, Tally tally) {
    if (ours.counts().equals(theirs.counts())) {
      System.out.printf("q%d: %,d rows equal%n", query, ours.counts().size());
      tally.passed();
      return;
    }
    StringBuilder what = new StringBuilder("q" + query + " differs from Flink");
    appendMore(what, "Freshet alone", ours.counts(), theirs.counts());
    appendMore(what, "Flink alone", theirs.counts(), ours.counts());
    tally.failed(what.toString());
  }

  private static void appendMore(
      StringBuilder what, String side, Map<String, Long> rows, Map<String, Long> others) {
    Map<String, Long> alone = new TreeMap<>(rows);
    alone.entrySet().removeAll(others.entrySet());
    what.append("\n  ").append(side).append(": ").append(alone.size()).append(" rows");
    alone.entrySet().stream()
        .limit(DIFFERENCES_SHOWN)
        .forEach(
            row -> what.append("\n    ").append(row.getValue()).append(" x ").append(row.getKey()));
  }
}
