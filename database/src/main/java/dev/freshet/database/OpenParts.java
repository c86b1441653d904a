package dev.freshet.database;

import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.database.checkpoint.Checkpoints;
import dev.freshet.database.step.Pipeline;
import dev.freshet.database.subscribe.Subscriptions;
import dev.freshet.engine.Engine;
import dev.freshet.engine.workers.Workers;
import dev.freshet.log.FreeSpace;
import dev.freshet.log.embedded.EmbeddedLog;

/** The parts of an open database. */
record OpenParts(
    Storage storage,
    Storage.Lock directoryLock,
    EmbeddedLog log,
    FreeSpace freeSpace,
    Workers workers,
    Engine engine,
    Pipeline pipeline,
    Relations relations,
    Subscriptions subscriptions,
    Checkpoints checkpoints,
    CheckpointTask checkpointTask,
    Scheduler.Handle checkpointing,
    Commits commits) {
  private static final long JOIN_MILLIS = 60_000;

  /** What to do with the state at the end. */
  enum Saving {
    CHECKPOINT,
    /** It may be ahead of what is durable. */
    SKIP
  }

  /** Saves the state and lets go of everything, also when saving fails or one of them does. */
  void close(Saving saving) {
    checkpointing.cancel();
    boolean ended = join(checkpointing);
    try (workers;
        commits;
        directoryLock;
        log;
        engine;
        pipeline) {
      if (ended && saving == Saving.CHECKPOINT && engine.step() > checkpoints.lastStep()) {
        commits.call(() -> {
          checkpoints.writeNow();
          return engine.step();
        });
      }
    }
  }

  private static boolean join(Scheduler.Handle task) {
    try {
      return task.join(JOIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
