package dev.freshet.runtime.system;

import dev.freshet.capture.Resume;
import dev.freshet.capture.SchemaChange;
import dev.freshet.capture.Source;
import dev.freshet.capture.SourceCheck;
import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.database.checkpoint.CheckpointSettings;
import dev.freshet.database.subscribe.Subscriptions;
import dev.freshet.lake.Lake;
import dev.freshet.log.FreeSpace;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.log.embedded.RetentionPolicy;
import dev.freshet.runtime.dataflow.Dataflow;
import dev.freshet.runtime.dataflow.DataflowSettings;
import dev.freshet.runtime.feed.SourceFeed;
import dev.freshet.runtime.mask.MaskMemory;
import dev.freshet.runtime.mask.ProjectMasks;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.Settings;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.runtime.sink.SinkFeeds;
import dev.freshet.runtime.source.Sources;
import dev.freshet.serve.http.HttpServer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * Starts a system, part by part, and undoes what it started when a part fails. The order:
 *
 * <ol>
 *   <li>beside all until the engine: models against the contracts, when every table has one. It
 *       takes the longest, and an error in a file counts before any other
 *   <li>the state folder's lock, and the log: tells where each source goes on
 *   <li>whether the address to listen on is free; the sources' own check, tables and columns; then
 *       models again, with the tables that had no contract
 *   <li>the sources: all that a user can get wrong was checked, and they have the log to write to
 *   <li>lake, engine from its checkpoint, the log replayed up to what the lake shows
 *   <li>the server, then the tasks; then models that are new and have much to compute, beside all
 *       others
 * </ol>
 */
final class SystemStart {
  private static final String COMMITS = "log commits";
  private static final String HELD_MODELS = "held models";
  private static final Duration RETENTION_MAX = Duration.ofDays(36_500);

  private final Project project;
  private final Restart restart;
  private final UnaryOperator<Storage> disk;
  private final Settings settings;
  private final Clock clock = Clock.system();
  private final Scheduler scheduler = Scheduler.threads();
  private final Undo undo = new Undo();
  private final Map<String, Scheduler.Handle> tasks = new ConcurrentHashMap<>();
  private boolean sourcesStarted;

  SystemStart(Project project, Restart restart) {
    this(project, restart, storage -> storage);
  }

  /**
   * @param disk what stands between the system and the disk, for tests
   */
  SystemStart(Project project, Restart restart, UnaryOperator<Storage> disk) {
    this.project = project;
    this.restart = restart;
    this.disk = disk;
    this.settings = project.settings();
  }

  FreshetSystem start() {
    TableResolver resolver = new TableResolver(project);
    Beside<CheckedModels> checking =
        Beside.start(
            "model check",
            () ->
                restart.functions().isPresent()
                    ? resolver.checkModels(project, restart.functions().get())
                    : resolver.checkModels(project));
    try {
      return startParts(resolver, checking);
    } catch (RuntimeException e) {
      RuntimeException first = firstOf(checking, e);
      undo.run(first);
      throw first;
    } catch (Error e) { // the next start, in the same process, needs the folder and the port
      undo.run(e);
      throw e;
    }
  }

  /** An error in a file is told rather than one that shows beside it. */
  private static RuntimeException firstOf(Beside<CheckedModels> checking, RuntimeException other) {
    try {
      checking.join();
      return other;
    } catch (RuntimeException e) {
      return e;
    }
  }

  private FreshetSystem startParts(TableResolver resolver, Beside<CheckedModels> checking) {
    ProjectMasks masks = ProjectMasks.of(project);
    Map<String, Source> sources = new LinkedHashMap<>();
    project
        .sources()
        .forEach((name, source) ->
            sources.put(name, Sources.create(source, project, resolver.promised(source))));

    if (Files.notExists(settings.state())) {
      undo.add(this::forgetState);
    }
    Storage storage = disk.apply(new LocalStorage(settings.state()));
    Storage.Lock lock = storage.lock("");
    undo.add(lock::close);
    EmbeddedLog log = EmbeddedLog.open(storage, "log", clock, logSettings(settings));
    undo.add(log::close);
    tasks.put(COMMITS, log.startCommits(scheduler));
    undo.add(this::cancelTasks);
    HttpServer.requireFree(settings.serveHost(), settings.servePort());
    FreeSpace freeSpace = new FreeSpace(storage::freeBytes, settings.keptFreeBytes(), clock);
    List<SourceFeed> feeds = new ArrayList<>();
    List<CapturedTable> tables = new ArrayList<>();
    List<SchemaChange> altered = new ArrayList<>();
    List<Runnable> retained = new ArrayList<>();
    for (Map.Entry<String, Source> source : sources.entrySet()) {
      SourceFeed feed =
          new SourceFeed(
              source.getValue(), masks.of(project.contracts().values()), log, clock, freeSpace);
      feeds.add(feed);
      undo.add(feed::close);
      List<Contract> captured =
          resolve(resolver, source.getKey(), source.getValue(), feed, storage, altered);
      captured.forEach(contract -> tables.add(new CapturedTable(source.getKey(), contract)));
      List<String> names = captured.stream().map(Contract::table).toList();
      retained.add(() -> feed.pausable().ifPresent(pausable -> pausable.paused().retain(names)));
    }
    List<Contract> contracts = tables.stream().map(CapturedTable::contract).toList();
    MaskMemory.check(storage, masks, contracts, log.endOffset() > 0);
    DataflowSettings dataflowSettings =
        DataflowSettings.of(
            settings.publishInterval(),
            new CheckpointSettings(settings.checkpointInterval(), settings.checkpointKeep()),
            settings.engineMemoryBytes(),
            settings.engineWorkers());
    // What needs no model comes while the models are still being compiled.
    Lake lake = Lake.open(storage, clock, dataflowSettings.lake());
    undo.add(lake::close);
    HttpServer.warmUp();
    CheckedModels checked = checking.join();
    List<Model> models = models(checked, contracts, altered);

    SinkFeeds sinks = SinkFeeds.of(project, contracts, models, storage, clock);
    undo.add(sinks::close);

    sourcesStarted = true;
    retained.forEach(Runnable::run); // a start that is refused forgets nothing
    for (SourceFeed feed : feeds) {
      feed.start(scheduler, feed.resume(List.of()));
    }
    Dataflow dataflow =
        Dataflow.open(
            storage,
            clock,
            scheduler,
            log,
            lake,
            contracts,
            models,
            restart.held().keySet(),
            sinks.outputs(),
            dataflowSettings);
    undo.add(dataflow::close);
    RelationMeters meters = new RelationMeters(clock, clock.wallMicros());
    Subscriptions subscriptions = new Subscriptions(dataflow.engine());
    dataflow.pipeline().addListener(meters);
    dataflow.pipeline().addListener(subscriptions);

    String lakeLocation = storage.root() + "/lake";
    List<Model> later = dataflow.later();
    List<Model> present = models.stream().filter(model -> !later.contains(model)).toList();
    Serving serving =
        new Serving(
            Serving.Models.of(project, tables, present, later, checked.functions(), lakeLocation),
            dataflow.engine()::snapshot);
    serving.failed(restart.held());
    Retries retries = new Retries(scheduler);
    Parts parts =
        new Parts(
            project,
            log,
            freeSpace,
            dataflow,
            lakeLocation,
            subscriptions,
            meters,
            feeds,
            sinks,
            new PostedTables(sources.values()),
            serving,
            retries,
            restart.count(),
            tasks);
    ModelChanges changes = new ModelChanges(parts, clock);
    undo.add(changes::close);
    Reconciliations reconciliations = new Reconciliations(parts, clock);
    undo.add(reconciliations::close);
    StatusReader status = new StatusReader(parts, changes::status, reconciliations::status, clock);
    RunningBackend backend = new RunningBackend(parts, status, changes, reconciliations, clock);
    HttpServer server = HttpServer.start(backend, settings.serveHost(), settings.servePort());
    undo.add(server::close);
    tasks.putAll(dataflow.start(retries));
    Scheduler.Handle steps = Objects.requireNonNull(tasks.get(Dataflow.STEPS));
    tasks.putAll(
        sinks.start(scheduler, dataflow.pipeline(), steps::wake, dataflow.engine()::snapshot));
    undo.add(this::cancelTasks);
    ServerFile serverFile = ServerFile.write(settings.state(), server.address());
    undo.add(serverFile::delete);
    changes.buildLater();
    if (!later.isEmpty()) {
      HeldModels computing = new HeldModels(changes::buildComing, restart.heldFor());
      tasks.put(HELD_MODELS, scheduler.start(HELD_MODELS, computing));
    }
    tasks.putAll(reconciliations.start(scheduler));
    return new FreshetSystem(
        parts, lock, status, backend, changes, reconciliations, server, serverFile);
  }

  private void cancelTasks() {
    tasks.values().forEach(Scheduler.Handle::cancel);
  }

  /**
   * A folder of a first start that failed before its sources began would look like a project that
   * had run. Once they began it names what they made at their end, such as a replication slot.
   */
  private void forgetState() {
    if (!sourcesStarted) {
      NewFolder.delete(settings.state());
    }
  }

  private List<Model> models(
      CheckedModels checked, List<Contract> contracts, List<SchemaChange> altered) {
    try {
      return checked.over(contracts, project);
    } catch (FreshetException e) {
      throw SchemaProblems.explained(e, altered);
    }
  }

  /**
   * A source that cannot be reached does not keep a project from starting again: its tables are
   * known and what was captured is served; the source goes on when it is back. The first start
   * needs it, unless the source says otherwise.
   */
  private List<Contract> resolve(
      TableResolver resolver,
      String name,
      Source source,
      SourceFeed feed,
      Storage storage,
      List<SchemaChange> altered) {
    SourceSettings sourceSettings = Objects.requireNonNull(project.sources().get(name));
    Resume resume = feed.resume(HeldTables.shapes(source, storage));
    try {
      SourceCheck check = source.check(resume).orThrow();
      altered.addAll(check.changes());
      return resolver.fromCheck(
          check, source.name(), HeldTables.of(source, sourceSettings, storage));
    } catch (FreshetException e) {
      boolean mayWait =
          e.code() == ErrorCode.SOURCE_UNREACHABLE
              && (resume instanceof Resume.After || source.startsUnanswered());
      if (mayWait && resolver.hasAllContracts(sourceSettings)) {
        return resolver.fromContracts(sourceSettings);
      }
      throw e;
    }
  }

  static LogSettings logSettings(Settings settings) {
    Duration wanted = settings.logRetention();
    Duration kept = wanted.compareTo(RETENTION_MAX) < 0 ? wanted : RETENTION_MAX;
    return LogSettings.DEFAULT.withRetention(
        new RetentionPolicy(kept.toNanos() / 1_000, settings.logRetentionBytes()));
  }
}
