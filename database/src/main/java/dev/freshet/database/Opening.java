package dev.freshet.database;

import dev.freshet.core.function.library.FunctionLibrary;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.port.Storage;
import dev.freshet.database.checkpoint.CheckpointSettings;
import dev.freshet.database.checkpoint.Checkpoints;
import dev.freshet.database.checkpoint.SavedState;
import dev.freshet.database.definition.DefinitionFile;
import dev.freshet.database.step.Pipeline;
import dev.freshet.database.step.PipelineSettings;
import dev.freshet.database.subscribe.Subscriptions;
import dev.freshet.engine.Engine;
import dev.freshet.engine.workers.Workers;
import dev.freshet.log.FreeSpace;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.log.embedded.RetentionPolicy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Opens a database: definitions, the newest checkpoint, and the log behind it.
 *
 * <pre>
 * directory/lock         held while it is open
 * directory/definitions  tables and views
 * directory/log/         every change
 * directory/state/       the newest checkpoints
 * </pre>
 */
final class Opening {
  static final String DEFINITIONS = "definitions";
  static final String LOG = "log";
  static final String STATE = "state";

  private final Storage storage;
  private final Clock clock;
  private final Scheduler scheduler;
  private final Commits commits;
  private final FreshetOptions options;
  private final Deque<Runnable> undo = new ArrayDeque<>();

  private Opening(
      Storage storage, Clock clock, Scheduler scheduler, Commits commits, FreshetOptions options) {
    this.storage = storage;
    this.clock = clock;
    this.scheduler = scheduler;
    this.commits = commits;
    this.options = options;
  }

  static Freshet open(
      Storage storage, Clock clock, Scheduler scheduler, Commits commits, FreshetOptions options) {
    Opening opening = new Opening(storage, clock, scheduler, commits, options);
    opening.undo.push(commits::close);
    try {
      return opening.open();
    } catch (RuntimeException | Error e) {
      opening.undo.forEach(Runnable::run);
      throw e;
    }
  }

  private Freshet open() {
    storage.createDirectories("");
    Storage.Lock lock = storage.lock("");
    undo.push(lock::close);
    Workers workers = Workers.of(scheduler, options.workers());
    undo.push(workers::close);
    ClassLoader loader = contextLoader();
    AtomicReference<Relations.@Nullable Saved> saved = new AtomicReference<>();
    AtomicReference<@Nullable EmbeddedLog> opened = new AtomicReference<>();
    undo.push(() -> Optional.ofNullable(opened.get()).ifPresent(EmbeddedLog::close));
    AtomicReference<@Nullable Engine> restored = new AtomicReference<>();
    undo.push(() -> Optional.ofNullable(restored.get()).ifPresent(Engine::close));
    workers.both(
        () -> {
          EmbeddedLog log = EmbeddedLog.open(storage, LOG, clock, logSettings());
          opened.set(log);
          restored.set(SavedState.restore(storage, STATE, log, options.memoryBytes(), workers));
        },
        () -> {
          FunctionLibrary functions = functions(loader);
          saved.set(Relations.read(new DefinitionFile(storage, DEFINITIONS), functions));
        });
    EmbeddedLog log = Objects.requireNonNull(opened.get());
    Engine engine = Objects.requireNonNull(restored.get());
    Relations relations = Relations.open(engine, Objects.requireNonNull(saved.get()));
    Pipeline pipeline = new Pipeline(log, engine, PipelineSettings.DEFAULT, clock);
    undo.push(pipeline::close);
    relations.addGates(pipeline);
    Checkpoints checkpoints =
        new Checkpoints(
            storage,
            STATE,
            engine,
            pipeline,
            log,
            clock,
            new CheckpointSettings(options.checkpointInterval(), options.checkpointKeep()),
            () -> Long.MAX_VALUE);
    while (pipeline.run() instanceof Next.Now) {
      // one bounded step after the other, up to the log's end
    }
    CheckpointTask checkpointTask = new CheckpointTask(checkpoints, options.checkpointInterval());
    Scheduler.Handle checkpointing = scheduler.start("freshet checkpoints", checkpointTask);
    OpenParts parts =
        new OpenParts(
            storage,
            lock,
            log,
            new FreeSpace(storage::freeBytes, options.keptFreeBytes(), clock),
            workers,
            engine,
            pipeline,
            relations,
            new Subscriptions(engine),
            checkpoints,
            checkpointTask,
            checkpointing,
            commits);
    return new Freshet(parts, options, new Writer(log, pipeline, clock));
  }

  /** Opens every jar of the class path, some 0.1 s of a start. */
  private FunctionLibrary functions(ClassLoader loader) {
    return FunctionLibrary.onClassPath(loader).with(options.functions());
  }

  static FunctionLibrary ofClassPath() {
    return FunctionLibrary.onClassPath(contextLoader());
  }

  private static ClassLoader contextLoader() {
    return Objects.requireNonNullElse(
        Thread.currentThread().getContextClassLoader(), ClassLoader.getSystemClassLoader());
  }

  private LogSettings logSettings() {
    long keepMicros = options.logRetention().toNanos() / 1000;
    RetentionPolicy retention =
        keepMicros == 0 ? RetentionPolicy.NOTHING : new RetentionPolicy(keepMicros, Long.MAX_VALUE);
    return LogSettings.DEFAULT.withSegmentBytes(options.logSegmentBytes()).withRetention(retention);
  }
}
