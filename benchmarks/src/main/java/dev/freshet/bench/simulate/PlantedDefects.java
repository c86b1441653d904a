package dev.freshet.bench.simulate;

import dev.freshet.contracts.Gate;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.database.checkpoint.Checkpoints;
import dev.freshet.database.step.Pipeline;
import dev.freshet.database.step.Step;
import dev.freshet.database.step.StepListener;
import dev.freshet.engine.Engine;
import dev.freshet.engine.RelationDelta;
import dev.freshet.engine.StepResult;
import dev.freshet.engine.workers.Workers;
import dev.freshet.lake.Lake;
import dev.freshet.log.Log;
import dev.freshet.runtime.dataflow.Dataflow;
import dev.freshet.runtime.dataflow.DataflowSettings;
import dev.freshet.runtime.dataflow.Heartbeat;
import dev.freshet.runtime.dataflow.StepOutput;
import dev.freshet.runtime.lake.LakeFeed;
import dev.freshet.runtime.lake.LakeTables;
import dev.freshet.runtime.sink.SinkFeeds;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The dataflow with a defect of {@link PlantedBug}. */
final class PlantedDefects {
  private PlantedDefects() {}

  static Dataflow open(
      Storage storage,
      Clock clock,
      Scheduler scheduler,
      Log log,
      Shop shop,
      DataflowSettings settings,
      SinkFeeds sinks,
      PlantedBug bug) {
    if (bug == PlantedBug.REPLAY_SKIPPED) {
      return openWithoutReplay(storage, clock, log, shop, settings);
    }
    Dataflow flow =
        Dataflow.open(
            storage,
            clock,
            scheduler,
            log,
            Lake.open(storage, clock, settings.lake()),
            shop.tables(),
            shop.models(),
            Set.of(),
            sinks.outputs(),
            settings);
    if (bug == PlantedBug.LAKE_FED_TWICE) {
      flow.pipeline().addListener(flow.lakeFeed());
    }
    if (bug == PlantedBug.LOG_KEPT_FOR_NEWEST) {
      flow.pipeline().addListener(_ -> log.retain(flow.checkpoints().lastStep()));
    }
    if (bug == PlantedBug.LAKE_MISSES_DELETE) {
      flow.pipeline().removeListener(flow.lakeFeed());
      flow.pipeline().addListener(missingDeletes(flow.lakeFeed()));
    }
    if (bug == PlantedBug.SINK_MISSES_DELETE) {
      for (StepOutput sink : sinks.outputs()) {
        flow.pipeline().removeListener(sink);
        flow.pipeline().addListener(missingDeletes(sink));
      }
    }
    return flow;
  }

  /** As {@link Dataflow#open}, but for the replay. */
  private static Dataflow openWithoutReplay(
      Storage storage, Clock clock, Log log, Shop shop, DataflowSettings settings) {
    Lake lake = Lake.open(storage, clock, settings.lake());
    Engine engine = Engine.restore(storage, "engine");
    shop.tables()
        .forEach(table -> engine.createTable(table.table(), table.schema(), table.keyColumns()));
    shop.models()
        .forEach(model -> engine.createView(model.name(), model.plan(), model.keyColumns()));
    Pipeline pipeline = new Pipeline(log, engine, settings.steps(), clock);
    shop.tables().forEach(table -> pipeline.addGate(new Gate(table)));
    LakeFeed feed =
        new LakeFeed(
            lake,
            LakeTables.open(lake, shop.tables(), shop.models()),
            engine::snapshot,
            clock,
            settings.publishInterval());
    Checkpoints checkpoints =
        new Checkpoints(
            storage,
            "engine",
            engine,
            pipeline,
            log,
            clock,
            settings.checkpoints(),
            lake::publishedStep);
    pipeline.addListener(feed);
    pipeline.addListener(checkpoints);
    Heartbeat heartbeat = new Heartbeat(log, clock, engine::snapshot, shop.tables());
    return new Dataflow(
        log,
        Workers.NONE,
        engine,
        pipeline,
        lake,
        feed,
        checkpoints,
        heartbeat,
        List.of(),
        List.of(),
        List.of());
  }

  private static StepListener missingDeletes(StepListener feed) {
    return new StepListener() {
      @Override
      public void onStep(Step step) {
        StepResult result = step.result();
        List<RelationDelta> deltas =
            result.deltas().stream().map(PlantedDefects::withoutOneDelete).toList();
        feed.onStep(
            new Step(
                new StepResult(result.step(), result.processingMicros(), deltas, result.nanos()),
                step.inputs(),
                step.quarantined(),
                step.ledger()));
      }

      @Override
      public boolean isReady() {
        return feed.isReady();
      }
    };
  }

  private static RelationDelta withoutOneDelete(RelationDelta delta) {
    Batch rows = delta.rows();
    int[] kept = new int[rows.rowCount()];
    int count = 0;
    boolean isMissed = false;
    for (int row = 0; row < kept.length; row++) {
      if (rows.weight(row) < 0 && !isMissed) {
        isMissed = true;
      } else {
        kept[count++] = row;
      }
    }
    Batch others = Rows.gather(rows, Arrays.copyOf(kept, count), count);
    return new RelationDelta(delta.relation(), others, delta.errors());
  }
}
