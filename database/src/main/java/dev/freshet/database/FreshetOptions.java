package dev.freshet.database;

import dev.freshet.core.error.Check;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.function.UserFunction;
import dev.freshet.core.function.library.FunctionLibrary;
import dev.freshet.database.checkpoint.CheckpointSettings;
import dev.freshet.engine.Engine;
import dev.freshet.engine.workers.WorkerSettings;
import java.time.Duration;
import java.util.List;

/**
 * How a database behaves.
 *
 * @param checkpointInterval how much time may pass between two checkpoints while there are changes;
 *     a restart reads the log from the last one on
 * @param checkpointKeep how many checkpoints are kept, 1 to 100: when the newest is damaged, an
 *     opening takes the one before and reads more of the log
 * @param writeWait how long a write waits for the writers before it; then it fails with {@code
 *     TIMED_OUT}
 * @param logRetention how long the log keeps changes that a restart does not need any more
 * @param logSegmentBytes length of the log's files, 4 KiB to 1 GiB: it is by whole files that the
 *     log forgets
 * @param memoryBytes bytes of memory that the state of tables and views may take; what is more lies
 *     in files of the directory. What a step works on and the answers of queries are not counted
 * @param keptFreeBytes room on the disk below which writes are refused with {@code DISK_FULL},
 *     before the disk is full; nothing of such a write is applied, and the database stays usable
 * @param workers how many threads share the work of large steps, the one that runs them among them;
 *     the answers are the same for any number
 * @param functions functions in Java that SQL may call, beside those that the class path declares
 */
public record FreshetOptions(
    Duration checkpointInterval,
    int checkpointKeep,
    Duration writeWait,
    Duration logRetention,
    long logSegmentBytes,
    long memoryBytes,
    long keptFreeBytes,
    WorkerSettings workers,
    FunctionLibrary functions) {
  private static final long KEPT_FREE_BYTES = 32L << 20;
  private static final long SEGMENT_BYTES = 32L << 20;
  private static final long SEGMENT_BYTES_MIN = 4L << 10;
  private static final long SEGMENT_BYTES_MAX = 1L << 30;

  /**
   * A checkpoint every 10 seconds, of which two are kept, 30 seconds for the writers before, no
   * more log than needed in files of 32 MiB, two fifths of the JVM's heap for state, 32 MiB of the
   * disk kept free, a worker for each core, no functions but those of the class path.
   */
  public static final FreshetOptions DEFAULT =
      new FreshetOptions(
          Duration.ofSeconds(10),
          CheckpointSettings.KEEP_DEFAULT,
          Duration.ofSeconds(30),
          Duration.ZERO,
          SEGMENT_BYTES,
          Engine.defaultMemoryBytes(),
          KEPT_FREE_BYTES,
          WorkerSettings.ofCores(),
          FunctionLibrary.NONE);

  public FreshetOptions {
    Check.that(checkpointInterval.isPositive(), "a checkpoint interval is positive");
    if (checkpointKeep < 1 || checkpointKeep > CheckpointSettings.KEEP_MAX) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Invalid number of checkpoints to keep: "
              + checkpointKeep
              + ". Give 1 to "
              + CheckpointSettings.KEEP_MAX
              + ".");
    }
    Check.that(!writeWait.isNegative(), "a wait is not negative");
    Check.that(!logRetention.isNegative(), "retention is not negative");
    if (logSegmentBytes < SEGMENT_BYTES_MIN || logSegmentBytes > SEGMENT_BYTES_MAX) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Invalid length of the log's files: "
              + logSegmentBytes
              + " bytes. Give "
              + SEGMENT_BYTES_MIN
              + " to "
              + SEGMENT_BYTES_MAX
              + ".");
    }
    Check.that(memoryBytes >= 0, "memory is not negative");
    Check.that(keptFreeBytes >= 0, "kept bytes are not negative");
  }

  public FreshetOptions withCheckpointInterval(Duration interval) {
    return new FreshetOptions(
        interval,
        checkpointKeep,
        writeWait,
        logRetention,
        logSegmentBytes,
        memoryBytes,
        keptFreeBytes,
        workers,
        functions);
  }

  /**
   * @throws FreshetException {@link ErrorCode#REQUEST_INVALID} unless it is 1 to 100
   */
  public FreshetOptions withCheckpointKeep(int keep) {
    return new FreshetOptions(
        checkpointInterval,
        keep,
        writeWait,
        logRetention,
        logSegmentBytes,
        memoryBytes,
        keptFreeBytes,
        workers,
        functions);
  }

  public FreshetOptions withWriteWait(Duration wait) {
    return new FreshetOptions(
        checkpointInterval,
        checkpointKeep,
        wait,
        logRetention,
        logSegmentBytes,
        memoryBytes,
        keptFreeBytes,
        workers,
        functions);
  }

  public FreshetOptions withLogRetention(Duration retention) {
    return new FreshetOptions(
        checkpointInterval,
        checkpointKeep,
        writeWait,
        retention,
        logSegmentBytes,
        memoryBytes,
        keptFreeBytes,
        workers,
        functions);
  }

  /**
   * @throws FreshetException {@link ErrorCode#REQUEST_INVALID} unless it is 4 KiB to 1 GiB
   */
  public FreshetOptions withLogSegmentBytes(long bytes) {
    return new FreshetOptions(
        checkpointInterval,
        checkpointKeep,
        writeWait,
        logRetention,
        bytes,
        memoryBytes,
        keptFreeBytes,
        workers,
        functions);
  }

  public FreshetOptions withMemoryBytes(long bytes) {
    return new FreshetOptions(
        checkpointInterval,
        checkpointKeep,
        writeWait,
        logRetention,
        logSegmentBytes,
        bytes,
        keptFreeBytes,
        workers,
        functions);
  }

  /** 0 keeps nothing free. */
  public FreshetOptions withKeptFreeBytes(long bytes) {
    return new FreshetOptions(
        checkpointInterval,
        checkpointKeep,
        writeWait,
        logRetention,
        logSegmentBytes,
        memoryBytes,
        bytes,
        workers,
        functions);
  }

  /**
   * @param count 1 for no thread but the one that runs the steps; at most 256
   */
  public FreshetOptions withWorkers(int count) {
    return withWorkers(WorkerSettings.of(count));
  }

  public FreshetOptions withWorkers(WorkerSettings settings) {
    return new FreshetOptions(
        checkpointInterval,
        checkpointKeep,
        writeWait,
        logRetention,
        logSegmentBytes,
        memoryBytes,
        keptFreeBytes,
        settings,
        functions);
  }

  /**
   * Adds functions that SQL may call. A database that has views with them is opened with them
   * again.
   *
   * @throws FreshetException {@link ErrorCode#FUNCTION_INVALID} for a function that SQL cannot call
   */
  public FreshetOptions withFunctions(UserFunction... added) {
    return withFunctions(FunctionLibrary.of(List.of(added)));
  }

  /** Adds the functions of a library. */
  public FreshetOptions withFunctions(FunctionLibrary added) {
    return new FreshetOptions(
        checkpointInterval,
        checkpointKeep,
        writeWait,
        logRetention,
        logSegmentBytes,
        memoryBytes,
        keptFreeBytes,
        workers,
        functions.with(added));
  }
}
