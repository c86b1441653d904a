package dev.freshet.runtime.system;

import dev.freshet.core.port.Scheduler;
import dev.freshet.database.checkpoint.Checkpoints;
import dev.freshet.database.step.Pipeline;
import dev.freshet.database.subscribe.Subscriptions;
import dev.freshet.engine.Engine;
import dev.freshet.lake.Lake;
import dev.freshet.log.FreeSpace;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.runtime.dataflow.Dataflow;
import dev.freshet.runtime.feed.SourceFeed;
import dev.freshet.runtime.lake.LakeFeed;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.runtime.sink.SinkFeeds;
import java.util.List;
import java.util.Map;

/**
 * The parts of a running system.
 *
 * @param restarts how often the system was started before, since the process began
 * @param tasks the system's own tasks by name, filled as they start; safe for all threads
 */
record Parts(
    Project project,
    EmbeddedLog log,
    FreeSpace freeSpace,
    Dataflow dataflow,
    String lakeLocation,
    Subscriptions subscriptions,
    RelationMeters meters,
    List<SourceFeed> feeds,
    SinkFeeds sinks,
    PostedTables posted,
    Serving serving,
    Retries retries,
    long restarts,
    Map<String, Scheduler.Handle> tasks) {
  Engine engine() {
    return dataflow.engine();
  }

  Pipeline pipeline() {
    return dataflow.pipeline();
  }

  Lake lake() {
    return dataflow.lake();
  }

  LakeFeed lakeFeed() {
    return dataflow.lakeFeed();
  }

  Checkpoints checkpoints() {
    return dataflow.checkpoints();
  }

  String kind(String source) {
    SourceSettings settings = project.sources().get(source);
    return settings == null ? "" : settings.kind();
  }
}
