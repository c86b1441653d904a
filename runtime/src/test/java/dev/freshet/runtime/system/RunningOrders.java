package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.core.function.library.FunctionLibrary;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.database.subscribe.Subscriptions;
import dev.freshet.log.FreeSpace;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.runtime.feed.SourceFeed;
import dev.freshet.runtime.history.OrdersProject;
import dev.freshet.runtime.history.OrdersProject.Run;
import dev.freshet.runtime.sink.SinkFeeds;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A running project whose changes a test makes; closing it without saving is what a kill leaves.
 */
final class RunningOrders implements AutoCloseable {
  private final Run run;
  private final Parts parts;
  private final ModelChanges changes;
  private final Map<String, Scheduler.Handle> tasks = new ConcurrentHashMap<>();

  RunningOrders(OrdersProject project, LogSettings log) {
    this(project, log, List.of());
  }

  /**
   * @param sources that are asked for nothing but what they are told
   */
  RunningOrders(OrdersProject project, LogSettings log, List<Source> sources) {
    run = project.run("state", 20, 1, log);
    Subscriptions subscriptions = new Subscriptions(run.dataflow().engine());
    RelationMeters meters = new RelationMeters(Clock.system(), 0);
    run.dataflow().pipeline().addListener(meters);
    run.dataflow().pipeline().addListener(subscriptions);
    List<CapturedTable> tables =
        run.project().tables().stream().map(table -> new CapturedTable("shop", table)).toList();
    Serving serving =
        new Serving(
            Serving.Models.of(
                project.read(),
                tables,
                run.project().models(),
                List.of(),
                FunctionLibrary.NONE,
                "lake"),
            run.dataflow().engine()::snapshot);
    FreeSpace freeSpace = new FreeSpace(() -> Long.MAX_VALUE, 0, Clock.system());
    List<SourceFeed> feeds =
        sources.stream()
            .map(source -> new SourceFeed(source, run.log(), Clock.system(), freeSpace))
            .toList();
    feeds.forEach(feed -> feed.start(Scheduler.threads(), Resume.FROM_NOTHING));
    parts =
        new Parts(
            project.read(),
            run.log(),
            freeSpace,
            run.dataflow(),
            "lake",
            subscriptions,
            meters,
            feeds,
            SinkFeeds.NONE,
            new PostedTables(List.of()),
            serving,
            new Retries(Scheduler.threads()),
            0,
            tasks);
    changes = new ModelChanges(parts, Clock.system());
    Scheduler scheduler = Scheduler.threads();
    tasks.put("log commits", run.log().startCommits(scheduler));
    tasks.putAll(run.dataflow().start(scheduler));
  }

  void append(int seed, int transactions) throws InterruptedException {
    run.append(new SplittableRandom(seed), transactions);
    awaitApplied();
  }

  void awaitApplied() throws InterruptedException {
    run.log().flush();
    long wanted = run.log().durableOffset();
    assertThat(parts.pipeline().visibility().await(wanted, 20, TimeUnit.SECONDS)).isTrue();
  }

  Run run() {
    return run;
  }

  Parts parts() {
    return parts;
  }

  ModelChanges changes() {
    return changes;
  }

  /** Ends all tasks; nothing is saved. */
  @Override
  public void close() {
    changes.close();
    tasks.values().forEach(Scheduler.Handle::cancel);
    tasks.values().forEach(RunningOrders::join);
    run.close();
  }

  private static void join(Scheduler.Handle task) {
    try {
      task.join(10_000);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
