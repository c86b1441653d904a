package dev.freshet.runtime.system;

import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.contracts.Contract;
import dev.freshet.contracts.Gate;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.database.checkpoint.Checkpoints;
import dev.freshet.database.step.Pipeline;
import dev.freshet.database.step.PipelineSettings;
import dev.freshet.database.subscribe.Subscriptions;
import dev.freshet.engine.Engine;
import dev.freshet.lake.Lake;
import dev.freshet.lake.LakeOptions;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.runtime.feed.SourceFeed;
import dev.freshet.runtime.lake.LakeFeed;
import dev.freshet.runtime.lake.LakeTables;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.model.ModelCompiler;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.Settings;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.serve.backend.RelationInfo;
import dev.freshet.serve.http.HttpServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Starts a system, part by part, and undoes what it started when a part fails. The order:
 *
 * <ol>
 *   <li>models against the contracts, when every table has one: errors in files show without any
 *       source
 *   <li>the state folder's lock, and the log: tells where each source goes on
 *   <li>the sources' own check, tables and columns; then models again, with the tables that had no
 *       contract
 *   <li>lake, engine from its checkpoint, the log replayed up to what the lake shows
 *   <li>the address to listen on; then the tasks; last the sources
 * </ol>
 */
final class SystemStart {
  static final String STEPS = "steps";
  static final String PUBLISHER = "lake publisher";
  static final String CHECKPOINTS = "checkpoints";
  private static final String COMMITS = "log commits";

  private final Project project;
  private final Settings settings;
  private final Clock clock = Clock.system();
  private final Scheduler scheduler = Scheduler.threads();
  private final Undo undo = new Undo();
  private final Map<String, Scheduler.Handle> tasks = new ConcurrentHashMap<>();

  SystemStart(Project project) {
    this.project = project;
    this.settings = project.settings();
  }

  FreshetSystem start() {
    try {
      return startParts();
    } catch (RuntimeException e) {
      undo.run(e);
      throw e;
    }
  }

  private FreshetSystem startParts() {
    TableResolver resolver = new TableResolver(project.contracts());
    checkModelsWithoutSources(resolver);
    Map<String, Source> sources = new LinkedHashMap<>();
    project.sources().forEach((name, source) -> sources.put(name, Sources.create(source)));

    LocalStorage storage = new LocalStorage(settings.state());
    Storage.Lock lock = storage.lock("");
    undo.add(lock::close);
    EmbeddedLog log = EmbeddedLog.open(storage, "log", clock, LogSettings.DEFAULT);
    undo.add(log::close);
    List<SourceFeed> feeds = new ArrayList<>();
    List<CapturedTable> tables = new ArrayList<>();
    for (Map.Entry<String, Source> source : sources.entrySet()) {
      SourceFeed feed = new SourceFeed(source.getValue(), log, clock, storage::freeBytes);
      feeds.add(feed);
      for (Contract contract : resolve(resolver, source.getKey(), source.getValue(), feed)) {
        tables.add(new CapturedTable(source.getKey(), contract));
      }
    }
    List<Contract> contracts = tables.stream().map(CapturedTable::contract).toList();
    List<Model> models = ModelCompiler.compile(contracts, project.models());

    Lake lake = Lake.open(storage, LakeOptions.defaults());
    undo.add(lake::close);
    Engine engine = Engine.restore(storage, "engine");
    contracts.forEach(
        table -> engine.createTable(table.table(), table.schema(), table.keyColumns()));
    models.forEach(model -> engine.createView(model.name(), model.plan(), model.keyColumns()));
    Pipeline pipeline = new Pipeline(log, engine, PipelineSettings.DEFAULT);
    undo.add(pipeline::close);
    contracts.forEach(table -> pipeline.addGate(new Gate(table)));
    pipeline.replayTo(lake.publishedStep());

    LakeTables lakeTables = LakeTables.open(lake, contracts, models);
    LakeFeed lakeFeed =
        new LakeFeed(lake, lakeTables, engine::snapshot, clock, settings.publishInterval());
    Checkpoints checkpoints =
        new Checkpoints(
            storage,
            "engine",
            engine,
            pipeline,
            log,
            clock,
            settings.checkpointInterval(),
            lake::publishedStep);
    RelationMeters meters = new RelationMeters(clock);
    Subscriptions subscriptions = new Subscriptions(engine);
    pipeline.addListener(lakeFeed);
    pipeline.addListener(meters);
    pipeline.addListener(subscriptions);
    pipeline.addListener(checkpoints);

    Parts parts =
        new Parts(
            project,
            log,
            engine,
            pipeline,
            lake,
            storage.root() + "/lake",
            lakeFeed,
            checkpoints,
            subscriptions,
            meters,
            feeds,
            relations(tables, models, storage.root() + "/lake"),
            freshness(models),
            ModelCompiler.catalog(contracts, models),
            tasks);
    StatusReader status = new StatusReader(parts, clock);
    RunningBackend backend = new RunningBackend(parts, status, clock);
    HttpServer server = HttpServer.start(backend, settings.serveHost(), settings.servePort());
    undo.add(server::close);
    startTasks(parts);
    ServerFile serverFile = ServerFile.write(settings.state(), server.address());
    undo.add(serverFile::delete);
    for (SourceFeed feed : feeds) {
      feed.start(scheduler, feed.resume(List.of()));
      undo.add(feed::close);
    }
    return new FreshetSystem(parts, lock, status, backend, server, serverFile);
  }

  /**
   * Errors in SQL show before anything is touched; a table without a contract puts the check off.
   */
  private void checkModelsWithoutSources(TableResolver resolver) {
    if (project.sources().values().stream().allMatch(resolver::hasAllContracts)) {
      List<Contract> contracts = new ArrayList<>();
      project
          .sources()
          .values()
          .forEach(source -> contracts.addAll(resolver.fromContracts(source)));
      ModelCompiler.compile(contracts, project.models());
    }
  }

  /**
   * A source that cannot be reached does not keep a project from starting again: its tables are
   * known and what was captured is served; the source goes on when it is back. The first start
   * needs it.
   */
  private List<Contract> resolve(
      TableResolver resolver, String name, Source source, SourceFeed feed) {
    SourceSettings sourceSettings = project.sources().get(name);
    Resume resume = feed.resume(List.of());
    try {
      return resolver.fromSource(source, resume);
    } catch (FreshetException e) {
      boolean mayWait = e.code() == ErrorCode.SOURCE_UNREACHABLE && resume instanceof Resume.After;
      if (mayWait && sourceSettings != null && resolver.hasAllContracts(sourceSettings)) {
        return resolver.fromContracts(sourceSettings);
      }
      throw e;
    }
  }

  private void startTasks(Parts parts) {
    tasks.put(COMMITS, parts.log().startCommits(scheduler));
    Scheduler.Handle steps = scheduler.start(STEPS, parts.pipeline());
    tasks.put(STEPS, steps);
    parts.log().onDurable(_ -> steps.wake());
    tasks.put(PUBLISHER, scheduler.start(PUBLISHER, parts.lakeFeed()));
    tasks.put(CHECKPOINTS, scheduler.start(CHECKPOINTS, parts.checkpoints()));
    undo.add(() -> tasks.values().forEach(Scheduler.Handle::cancel));
  }

  private static Map<String, Long> freshness(List<Model> models) {
    Map<String, Long> freshness = new HashMap<>();
    models.forEach(model -> freshness.put(model.name(), model.definition().freshness().toMillis()));
    return freshness;
  }

  private static List<RelationInfo> relations(
      List<CapturedTable> tables, List<Model> models, String lakeLocation) {
    List<RelationInfo> relations = new ArrayList<>();
    for (CapturedTable table : tables) {
      Contract contract = table.contract();
      relations.add(
          new RelationInfo(
              contract.table(),
              "bronze",
              contract.description(),
              contract.schema(),
              contract.key(),
              List.of(table.source()),
              "",
              lakeLocation + "/bronze/" + contract.table()));
    }
    for (Model model : models) {
      relations.add(
          new RelationInfo(
              model.name(),
              model.definition().layer(),
              model.definition().description(),
              model.schema(),
              model.key(),
              model.reads(),
              model.definition().text(),
              lakeLocation + "/" + model.definition().layer() + "/" + model.name()));
    }
    return relations;
  }
}
