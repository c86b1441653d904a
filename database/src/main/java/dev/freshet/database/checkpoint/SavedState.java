package dev.freshet.database.checkpoint;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.database.step.Pipeline;
import dev.freshet.engine.Engine;
import dev.freshet.engine.workers.Workers;
import dev.freshet.log.Log;

/** Brings an engine back to the newest checkpoint that is whole, and whose log is there. */
public final class SavedState {
  private static final String LOGGER = "dev.freshet.checkpoints";

  private SavedState() {}

  /**
   * Restores an engine. What is damaged of the checkpoints is logged as a warning, and told by
   * {@link Engine#damages}.
   *
   * @param memoryBytes as for {@link Engine#restore(Storage, String, long, Workers)}
   * @throws FreshetException {@link ErrorCode#STORAGE_DAMAGED} with the way out when no checkpoint
   *     is whole, or when the log lacks what the restored one needs
   */
  public static Engine restore(
      Storage storage, String directory, Log log, long memoryBytes, Workers workers) {
    Engine engine;
    try {
      engine = Engine.restore(storage, directory, memoryBytes, workers);
    } catch (FreshetException e) {
      throw e.code() == ErrorCode.STORAGE_DAMAGED
          ? new FreshetException(e.code(), e.getMessage() + wayOut(storage, directory, log), e)
          : e;
    }
    for (String damage : engine.damages()) {
      // Asked for only now: the first logger of a JVM opens every jar of the class path.
      System.getLogger(LOGGER)
          .log(
              System.Logger.Level.WARNING,
              "A checkpoint is damaged: {0} The state of step {1} is taken instead, and the log is read"
                  + " from there; nothing is lost. Look after the disk.",
              damage,
              engine.step());
    }
    try {
      requireLog(storage, engine, log);
      return engine;
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
  }

  private static void requireLog(Storage storage, Engine engine, Log log) {
    long needed = Pipeline.firstNeededOffset(engine.restoredUserData());
    if (engine.step() > log.endOffset() || needed < log.startOffset()) {
      throw new FreshetException(
          ErrorCode.STORAGE_DAMAGED,
          "Cannot open the state in "
              + storage.root()
              + ": it is of step "
              + engine.step()
              + " and needs the log from offset "
              + needed
              + " on, and the log holds "
              + log.startOffset()
              + " to "
              + log.endOffset()
              + ". Restore the whole folder from a backup.");
    }
  }

  private static String wayOut(Storage storage, String directory, Log log) {
    String folder = storage.root() + "/" + directory;
    return log.startOffset() == 0
        ? " The log holds everything since the beginning: move the folder "
            + folder
            + " away and start again, and the state is computed from the log."
        : " The log begins at offset "
            + log.startOffset()
            + ", so the state cannot be computed from it: restore the whole folder "
            + storage.root()
            + " from a backup.";
  }
}
