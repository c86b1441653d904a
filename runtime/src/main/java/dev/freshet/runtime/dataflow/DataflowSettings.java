package dev.freshet.runtime.dataflow;

import dev.freshet.database.checkpoint.CheckpointSettings;
import dev.freshet.database.step.PipelineSettings;
import dev.freshet.engine.workers.WorkerSettings;
import dev.freshet.lake.LakeOptions;
import java.time.Duration;

/**
 * @param publishInterval how often the lake shows what has changed
 * @param checkpoints how often the engine's state is saved, and how many checkpoints are kept
 * @param memoryBytes bytes of memory that the engine's state may take
 * @param workers how many threads share the work of large steps
 */
public record DataflowSettings(
    PipelineSettings steps,
    LakeOptions lake,
    Duration publishInterval,
    CheckpointSettings checkpoints,
    long memoryBytes,
    WorkerSettings workers) {
  public static DataflowSettings of(
      Duration publishInterval,
      CheckpointSettings checkpoints,
      long memoryBytes,
      WorkerSettings workers) {
    return new DataflowSettings(
        PipelineSettings.DEFAULT,
        LakeOptions.defaults(),
        publishInterval,
        checkpoints,
        memoryBytes,
        workers);
  }
}
