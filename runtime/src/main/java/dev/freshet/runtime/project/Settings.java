package dev.freshet.runtime.project;

import dev.freshet.engine.workers.WorkerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What {@code freshet.yaml} says, with defaults filled in.
 *
 * @param name the project's name
 * @param state where log, checkpoints and lake live
 * @param serveHost the address to listen on
 * @param servePort the port to listen on; 0 for any free one
 * @param freshness how stale a model may be that does not say so itself
 * @param publishInterval how often changed tables are committed to the lake
 * @param checkpointInterval how often engine state is saved
 * @param checkpointKeep how many checkpoints are kept
 * @param engineMemoryBytes bytes of memory that the engine's state may take; the rest lies on disk
 * @param engineWorkers how many threads share the work of the engine's large steps
 * @param logRetention how long the log keeps, for replay, what nobody needs any more
 * @param logRetentionBytes bytes of the whole log past which it forgets that earlier
 * @param keptFreeBytes room on the state's disk below which sources wait
 * @param maskingKey on which hashes and tokens of masked columns depend
 */
public record Settings(
    String name,
    Path state,
    String serveHost,
    int servePort,
    Duration freshness,
    Duration publishInterval,
    Duration checkpointInterval,
    int checkpointKeep,
    long engineMemoryBytes,
    WorkerSettings engineWorkers,
    Duration logRetention,
    long logRetentionBytes,
    long keptFreeBytes,
    Optional<Secret> maskingKey) {
  /** The same settings with state in another folder. */
  public Settings withState(Path folder) {
    return new Settings(
        name,
        folder,
        serveHost,
        servePort,
        freshness,
        publishInterval,
        checkpointInterval,
        checkpointKeep,
        engineMemoryBytes,
        engineWorkers,
        logRetention,
        logRetentionBytes,
        keptFreeBytes,
        maskingKey);
  }

  /** The same settings with another port. */
  public Settings withPort(int port) {
    return new Settings(
        name,
        state,
        serveHost,
        port,
        freshness,
        publishInterval,
        checkpointInterval,
        checkpointKeep,
        engineMemoryBytes,
        engineWorkers,
        logRetention,
        logRetentionBytes,
        keptFreeBytes,
        maskingKey);
  }

  /** The same settings with another freshness. */
  public Settings withFreshness(Duration other) {
    return new Settings(
        name,
        state,
        serveHost,
        servePort,
        other,
        publishInterval,
        checkpointInterval,
        checkpointKeep,
        engineMemoryBytes,
        engineWorkers,
        logRetention,
        logRetentionBytes,
        keptFreeBytes,
        maskingKey);
  }
}
