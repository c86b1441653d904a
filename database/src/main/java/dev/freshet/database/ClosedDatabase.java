package dev.freshet.database;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Storage;
import dev.freshet.database.definition.DefinitionFile;
import dev.freshet.database.step.Pipeline;
import dev.freshet.database.step.PipelineSettings;
import dev.freshet.engine.Engine;
import dev.freshet.engine.Snapshot;
import dev.freshet.engine.workers.Workers;
import dev.freshet.log.embedded.LogFiles;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.log.embedded.StoredLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files of a database that nobody has open, read in two ways that must come to the same: the
 * state that was saved with the log behind it, as an opening would, and the log read into an engine
 * that knows as little as possible of what was saved. Locks the directory, and changes nothing in
 * it.
 *
 * <pre>
 *   saved       |................ C ===&gt; end      tables and views as they were saved at step C
 *   replayed    |0 ===================&gt; end      all from the log, while it has its first record
 *   or          |      gone ..... C ===&gt; end      tables as saved at C, views computed from them
 * </pre>
 *
 * <p>One thread owns it.
 */
public final class ClosedDatabase implements AutoCloseable {
  private final Deque<Runnable> undo;
  private final StoredLog log;
  private final Map<String, Origin> origins;
  private final Snapshot saved;
  private final Snapshot replayed;
  private final long savedStep;
  private final long replayedFrom;

  /** From what the rows of a table or view came that were replayed. */
  public enum Origin {
    /** The log, from its first record on. */
    LOG,
    /** The rows that tables had at the saved step, and the log from there on. */
    TABLES,
    /** Its own rows at the saved step, and the log from there on. */
    SAVED
  }

  private ClosedDatabase(
      Deque<Runnable> undo,
      StoredLog log,
      Map<String, Origin> origins,
      Replay saved,
      Replay replayed) {
    this.undo = undo;
    this.log = log;
    this.origins = origins;
    this.saved = saved.end;
    this.replayed = replayed.end;
    this.savedStep = saved.from;
    this.replayedFrom = replayed.from;
  }

  private record Replay(long from, Snapshot end) {}

  /**
   * Reads both.
   *
   * @param spill an empty folder for what has no room in memory
   * @param memoryBytes of state that may be in memory
   * @throws FreshetException {@link ErrorCode#NOT_FOUND} when no database is there, {@link
   *     ErrorCode#DIRECTORY_IN_USE} while it is open, {@link ErrorCode#STORAGE_DAMAGED}; as {@link
   *     Freshet#open} when a view needs a function that is not on the class path
   */
  public static ClosedDatabase read(Path directory, Path spill, long memoryBytes) {
    if (!Files.isRegularFile(directory.resolve(Opening.DEFINITIONS))
        || !Files.isDirectory(directory.resolve(Opening.LOG))) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot find a database in "
              + directory.toAbsolutePath().normalize()
              + ": it lacks the file "
              + Opening.DEFINITIONS
              + " or the folder "
              + Opening.LOG
              + ". Name the directory that Freshet.open was given, once it has a table.");
    }
    Deque<Runnable> undo = new ArrayDeque<>();
    LocalStorage files = new LocalStorage(directory);
    Storage.Lock lock = files.lock("");
    undo.push(lock::close);
    try {
      return read(files, new LocalStorage(spill), memoryBytes / 2, undo);
    } catch (RuntimeException | Error e) {
      undo.forEach(Runnable::run);
      throw e;
    }
  }

  private static ClosedDatabase read(
      LocalStorage files, LocalStorage spill, long memoryBytes, Deque<Runnable> undo) {
    StoredLog log = new StoredLog(LogFiles.of(files, Opening.LOG, LogSettings.DEFAULT).view());
    Relations.Saved definitions =
        Relations.read(new DefinitionFile(files, Opening.DEFINITIONS), Opening.ofClassPath());
    Engine live = restored(files, spill, "saved", memoryBytes);
    undo.push(live::close);
    Replay saved = replay(live, Relations.open(live, definitions), log, undo);

    boolean isWhole = log.startOffset() == 0;
    Engine fresh =
        isWhole
            ? Engine.restore(spill, "fresh", memoryBytes)
            : restored(files, spill, "fresh", memoryBytes);
    undo.push(fresh::close);
    Map<String, Origin> origins = new LinkedHashMap<>();
    Relations relations =
        isWhole
            ? Relations.open(fresh, definitions)
            : Relations.openAnew(fresh, definitions, origins);
    if (isWhole) {
      definitions.definitions().tables().forEach(table -> origins.put(table.name(), Origin.LOG));
      definitions.definitions().views().forEach(view -> origins.put(view.name(), Origin.LOG));
    }
    return new ClosedDatabase(undo, log, origins, saved, replay(fresh, relations, log, undo));
  }

  private static Engine restored(
      LocalStorage files, LocalStorage spill, String spillDirectory, long memoryBytes) {
    return Engine.restoreReadOnly(
        files, Opening.STATE, spill, spillDirectory, memoryBytes, Workers.NONE);
  }

  private static Replay replay(
      Engine engine, Relations relations, StoredLog log, Deque<Runnable> undo) {
    long from = engine.step();
    Pipeline pipeline = new Pipeline(log, engine, PipelineSettings.DEFAULT, Clock.system());
    undo.push(pipeline::close);
    relations.addGates(pipeline);
    pipeline.runTo(Long.MAX_VALUE);
    return new Replay(from, engine.snapshot());
  }

  /** Tables and views, tables first, with what their replayed rows came from. */
  public Map<String, Origin> origins() {
    return origins;
  }

  /** What an opening would have. */
  public Snapshot saved() {
    return saved;
  }

  /** The step of the checkpoint that an opening would take; 0 for none. */
  public long savedStep() {
    return savedStep;
  }

  /** What the log comes to; at the same step. */
  public Snapshot replayed() {
    return replayed;
  }

  /** The step at which the replay began. */
  public long replayedFrom() {
    return replayedFrom;
  }

  /** The first offset that the log has. */
  public long logStart() {
    return log.startOffset();
  }

  @Override
  public void close() {
    undo.forEach(Runnable::run);
    undo.clear();
  }
}
