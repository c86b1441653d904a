package dev.freshet.database;

import dev.freshet.core.error.Check;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.function.UserFunction;
import dev.freshet.core.function.library.FunctionLibrary;
import dev.freshet.engine.Engine;
import java.time.Duration;
import java.util.List;

/**
 * How a database behaves.
 *
 * @param checkpointInterval how much time may pass between two checkpoints while there are changes;
 *     a restart reads the log from the last one on
 * @param writeWait how long a write waits for the writers before it; then it fails with {@code
 *     TIMED_OUT}
 * @param logRetention how long the log keeps changes that a restart does not need any more
 * @param memoryBytes bytes of memory that the state of tables and views may take; what is more lies
 *     in files of the directory. What a step works on and the answers of queries are not counted
 * @param functions functions in Java that SQL may call, beside those that the class path declares
 */
public record FreshetOptions(
    Duration checkpointInterval,
    Duration writeWait,
    Duration logRetention,
    long memoryBytes,
    FunctionLibrary functions) {
  /**
   * A checkpoint every 10 seconds, 30 seconds for the writers before, no more log than needed, two
   * fifths of the JVM's heap for state, no functions but those of the class path.
   */
  public static final FreshetOptions DEFAULT =
      new FreshetOptions(
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ZERO,
          Engine.defaultMemoryBytes(),
          FunctionLibrary.NONE);

  public FreshetOptions {
    Check.that(checkpointInterval.isPositive(), "a checkpoint interval is positive");
    Check.that(!writeWait.isNegative(), "a wait is not negative");
    Check.that(!logRetention.isNegative(), "retention is not negative");
    Check.that(memoryBytes >= 0, "memory is not negative");
  }

  public FreshetOptions withCheckpointInterval(Duration interval) {
    return new FreshetOptions(interval, writeWait, logRetention, memoryBytes, functions);
  }

  public FreshetOptions withWriteWait(Duration wait) {
    return new FreshetOptions(checkpointInterval, wait, logRetention, memoryBytes, functions);
  }

  public FreshetOptions withLogRetention(Duration retention) {
    return new FreshetOptions(checkpointInterval, writeWait, retention, memoryBytes, functions);
  }

  public FreshetOptions withMemoryBytes(long bytes) {
    return new FreshetOptions(checkpointInterval, writeWait, logRetention, bytes, functions);
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
        checkpointInterval, writeWait, logRetention, memoryBytes, functions.with(added));
  }
}
