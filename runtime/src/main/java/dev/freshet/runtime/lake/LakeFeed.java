package dev.freshet.runtime.lake;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.output.DeliveryGuarantee;
import dev.freshet.core.output.Output;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.port.Scheduler.Task;
import dev.freshet.database.step.Step;
import dev.freshet.database.step.StepListener;
import dev.freshet.engine.RelationDelta;
import dev.freshet.engine.Snapshot;
import dev.freshet.lake.Lake;
import dev.freshet.lake.LakeTable;
import dev.freshet.runtime.metrics.Latencies;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stages what each step changed, on the thread that makes steps, and publishes all of it as one
 * step of the lake, as a task of its own. When the lake cannot keep up, steps wait and the log
 * grows.
 */
public final class LakeFeed implements StepListener, Task, Output {
  private static final long WAITING_ROWS_MAX = 1_000_000;
  private static final long RETRY_MILLIS_MIN = 200;
  private static final long RETRY_MILLIS_MAX = 10_000;

  private final Lake lake;
  private final Clock clock;
  private final long intervalNanos;
  private final Supplier<Snapshot> snapshots;
  private final Set<String> unwritten;
  private final Latencies publishTimes;
  private final AtomicLong waitingRows = new AtomicLong();
  private final ArrayDeque<Staged> staged = new ArrayDeque<>();

  /** Exchanges of tables that no publish has reached yet, in the order of their steps. */
  private final Queue<Exchange> exchanges = new ConcurrentLinkedQueue<>();

  /** What steps are staged to; the thread that makes steps owns it. */
  private volatile LakeTables tables;

  private @Nullable LakeTables comingTables;

  /** What is published. */
  private LakeTables published;

  private volatile long stagedStep;
  private volatile String problem = "";
  private long retryMillis = RETRY_MILLIS_MIN;

  private record Staged(long step, long rows) {}

  private record Exchange(long step, LakeTables tables) {}

  /**
   * @param snapshots the models' content after the last step
   */
  public LakeFeed(
      Lake lake, LakeTables tables, Supplier<Snapshot> snapshots, Clock clock, Duration interval) {
    this.lake = lake;
    this.clock = clock;
    this.intervalNanos = interval.toNanos();
    this.tables = tables;
    this.published = tables;
    this.snapshots = snapshots;
    this.unwritten = new HashSet<>(tables.unwritten());
    this.publishTimes = new Latencies(clock);
    this.stagedStep = lake.publishedStep();
  }

  /** What steps are staged to now. From any thread. */
  public LakeTables tables() {
    return tables;
  }

  /**
   * Stages the next step and those after it to other tables, which take the places of theirs in the
   * lake with the publish that reaches that step. On the thread that makes steps.
   *
   * @param next of {@link LakeTables#next} of {@link #tables}
   */
  public void exchange(LakeTables next) {
    comingTables = next;
  }

  /** Whether tables wait for a step to take what their models have; before steps are made. */
  public boolean hasUnwritten() {
    return !unwritten.isEmpty();
  }

  private void exchangeNow(long step) {
    LakeTables next = comingTables;
    if (next != null) {
      comingTables = null;
      unwritten.retainAll(next.models().keySet());
      unwritten.addAll(next.unwritten());
      tables = next;
      exchanges.add(new Exchange(step, next));
    }
  }

  @Override
  public void onStep(Step step) {
    exchangeNow(step.number());
    long rows = stageHistories(step) + stageUnwritten(step) + stageDeltas(step);
    synchronized (staged) {
      staged.add(new Staged(step.number(), rows));
    }
    waitingRows.addAndGet(rows);
    stagedStep = step.number();
  }

  private long stageHistories(Step step) {
    long rows = 0;
    for (Step.Input input : step.inputs()) {
      for (TableChanges table : input.changes().tables()) {
        LakeTable history = tables.histories().get(table.table());
        if (history != null) {
          lake.stage(step.number(), history, input.changes(), table, input.offset());
          rows += table.rowCount();
        }
      }
    }
    return rows;
  }

  private long stageDeltas(Step step) {
    long rows = 0;
    for (RelationDelta delta : step.result().deltas()) {
      LakeTable table = tables.models().get(delta.relation());
      if (table != null && !unwritten.contains(delta.relation())) {
        lake.stage(step.number(), table, delta.rows());
        rows += delta.rows().rowCount();
      }
    }
    unwritten.clear();
    return rows;
  }

  /** New tables take the whole content that their models have after this step. */
  private long stageUnwritten(Step step) {
    long rows = 0;
    for (String model : unwritten) {
      Batch content = snapshots.get().scan(model);
      lake.stage(step.number(), Objects.requireNonNull(tables.models().get(model)), content);
      rows += content.rowCount();
    }
    return rows;
  }

  @Override
  public boolean isReady() {
    return waitingRows.get() < WAITING_ROWS_MAX;
  }

  @Override
  public Next run() {
    long start = clock.nanos();
    long step = stagedStep;
    if (step > lake.publishedStep()) {
      try {
        publish(step);
      } catch (FreshetException e) {
        return failed(e);
      }
    }
    return new Next.After(Math.max(1, intervalNanos - (clock.nanos() - start)));
  }

  /** Publishes everything staged; for a clean stop. */
  public void publishAll() {
    if (stagedStep > lake.publishedStep()) {
      publish(stagedStep);
    }
  }

  private synchronized void publish(long step) {
    long start = clock.nanos();
    for (Exchange next = exchanges.peek();
        next != null && next.step() <= step;
        next = exchanges.peek()) {
      LakeTables exchanged = next.tables();
      exchanged
          .unwritten()
          .forEach(model -> lake.replace(Objects.requireNonNull(exchanged.models().get(model))));
      published = exchanged;
      exchanges.remove();
    }
    lake.publish(step, published.markers());
    publishTimes.addMicros((clock.nanos() - start) / 1000, 1);
    problem = "";
    retryMillis = RETRY_MILLIS_MIN;
    synchronized (staged) {
      while (!staged.isEmpty() && staged.peek().step() <= step) {
        waitingRows.addAndGet(-staged.remove().rows());
      }
    }
  }

  private Next failed(FreshetException e) {
    problem = e.getMessage();
    boolean looksItUp = e.code() == ErrorCode.COMMIT_OUTCOME_UNKNOWN; // the next publish does
    if (e.code().retry() == ErrorCode.Retry.NO && !looksItUp) {
      throw e;
    }
    long wait = retryMillis;
    retryMillis = Math.min(RETRY_MILLIS_MAX, retryMillis * 2);
    return Next.afterMillis(wait);
  }

  @Override
  public String name() {
    return "lake";
  }

  /** All tables of a step and its number become visible with one catalog file. */
  @Override
  public DeliveryGuarantee guarantee() {
    return DeliveryGuarantee.TRANSACTIONAL;
  }

  @Override
  public long deliveredStep() {
    return lake.publishedStep();
  }

  /** Why the last publish failed; empty when it did not. */
  public String problem() {
    return problem;
  }

  /** Rows staged and not yet published. */
  public long waitingRows() {
    return waitingRows.get();
  }

  public Latencies publishTimes() {
    return publishTimes;
  }
}
