package dev.freshet.bench.simulate;

import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.log.FreeSpace;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.runtime.dataflow.Dataflow;
import dev.freshet.runtime.dataflow.DataflowSettings;
import dev.freshet.runtime.feed.SourceFeed;
import dev.freshet.runtime.sink.SinkFeeds;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One life of the system: what {@code FreshetSystem} runs, without the edges. One thread owns it.
 *
 * @param tasks filled by {@link #start}
 */
record Process(
    Storage.Lock lock,
    EmbeddedLog log,
    Dataflow dataflow,
    SimulatedSource source,
    SourceFeed feed,
    SinkFeeds sinks,
    Map<String, Scheduler.Handle> tasks) {
  private static final String COMMITS = "log commits";

  /** Recovers, in the order of the real start. */
  static Process open(
      Storage storage,
      Clock clock,
      Scheduler scheduler,
      LogSettings logSettings,
      Shop shop,
      DataflowSettings settings,
      LongSupplier freeBytes,
      PlantedBug bug,
      SinkFeeds sinks,
      Function<EmbeddedLog, SimulatedSource> sources) {
    Storage.Lock lock = storage.lock("");
    EmbeddedLog log = EmbeddedLog.open(storage, "log", clock, logSettings);
    SimulatedSource source = sources.apply(log);
    SourceFeed feed = new SourceFeed(source, log, clock, new FreeSpace(freeBytes, 1, clock));
    Dataflow dataflow =
        PlantedDefects.open(storage, clock, scheduler, log, shop, settings, sinks, bug);
    return new Process(lock, log, dataflow, source, feed, sinks, new LinkedHashMap<>());
  }

  void start(Scheduler scheduler) {
    tasks.put(COMMITS, log.startCommits(scheduler));
    tasks.putAll(dataflow.start(scheduler));
    tasks.putAll(
        sinks.start(scheduler, new SimulatedSink.OneThread(), dataflow.engine()::snapshot));
    feed.start(scheduler, feed.resume(List.of()));
    tasks.put("source", source.task());
  }

  /** What ended a task, or {@code null}. */
  @Nullable Throwable failure() {
    for (Scheduler.Handle task : tasks.values()) {
      if (task.failure() != null) {
        return task.failure();
      }
    }
    return null;
  }

  boolean hasFailedCommit() {
    Scheduler.Handle commits = tasks.get(COMMITS);
    return commits != null && commits.failure() != null;
  }

  /** What ended the task that saves the state, or {@code null}. */
  @Nullable Throwable checkpointFailure() {
    Scheduler.Handle checkpoints = tasks.get(Dataflow.CHECKPOINTS);
    return checkpoints == null ? null : checkpoints.failure();
  }

  /** A clean stop, as {@code FreshetSystem.close} does it. */
  void close() throws InterruptedException {
    sinks.stop();
    feed.close();
    tasks.values().forEach(Scheduler.Handle::cancel);
    boolean sound = true;
    for (Scheduler.Handle task : tasks.values()) {
      sound &= task.join(10_000) && task.failure() == null;
    }
    if (sound) {
      dataflow.saveAll();
    }
    sinks.close();
    dataflow.close();
    log.close();
    lock.close();
  }
}
