package dev.freshet.runtime.system;

import dev.freshet.capture.SchemaChange;
import dev.freshet.capture.SourceStatus.SnapshotProgress;
import dev.freshet.capture.SourceStatus.TableNote.Level;
import dev.freshet.contracts.Contract;
import dev.freshet.contracts.Ledger;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.engine.OperatorStatistics;
import dev.freshet.engine.RelationTime;
import dev.freshet.engine.Snapshot;
import dev.freshet.runtime.feed.SourceFeed;
import dev.freshet.runtime.lake.LakeFeed;
import dev.freshet.runtime.sink.SinkFeed;
import dev.freshet.serve.backend.RelationInfo;
import dev.freshet.serve.backend.SystemStatus;
import dev.freshet.serve.backend.SystemStatus.LakeStatus;
import dev.freshet.serve.backend.SystemStatus.LedgerStatus;
import dev.freshet.serve.backend.SystemStatus.LogStatus;
import dev.freshet.serve.backend.SystemStatus.ModelsStatus;
import dev.freshet.serve.backend.SystemStatus.OutputStatus;
import dev.freshet.serve.backend.SystemStatus.ReconcileStatus;
import dev.freshet.serve.backend.SystemStatus.RelationStatus;
import dev.freshet.serve.backend.SystemStatus.SinkStatus;
import dev.freshet.serve.backend.SystemStatus.SourceStatus;
import dev.freshet.serve.backend.SystemStatus.StepStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Puts a system's status together from its parts. Safe for all threads. */
final class StatusReader {
  private static final String DISK_FULL = "waiting: disk full";
  private static final String DISK_HANGS = "waiting: disk does not answer";

  private final Parts parts;
  private final Supplier<ModelsStatus> models;
  private final Supplier<List<ReconcileStatus>> reconciled;
  private final Clock clock;
  private final long startedMicros;
  private volatile long currentMicros;

  /**
   * @param models what is being computed of the models
   * @param reconciled what came of comparing sources
   */
  StatusReader(
      Parts parts,
      Supplier<ModelsStatus> models,
      Supplier<List<ReconcileStatus>> reconciled,
      Clock clock) {
    this.parts = parts;
    this.models = models;
    this.reconciled = reconciled;
    this.clock = clock;
    this.startedMicros = clock.wallMicros();
    this.currentMicros = startedMicros;
  }

  SystemStatus read() {
    Serving.Moment now = parts.serving().now();
    Snapshot snapshot = now.snapshot();
    ModelsStatus modelsStatus = models.get();
    long staleMillis = staleMillis(snapshot);
    List<SourceStatus> sources =
        parts.feeds().stream().map(feed -> source(feed, now.models(), staleMillis)).toList();
    List<String> problems = problems(sources);
    addTables(problems);
    addAltered(problems, now);
    if (modelsStatus.building().isEmpty() && !now.models().coming().isEmpty()) {
      add(problems, "Models are missing, their computation failed: ", modelsStatus.message());
    }
    List<ReconcileStatus> compared = reconciled.get();
    compared.forEach(each -> addReconciled(problems, each));
    Ledger ledger = parts.pipeline().ledger();
    return new SystemStatus(
        parts.project().settings().name(),
        snapshot.step(),
        startedMicros,
        problems.isEmpty(),
        problems,
        sources,
        parts.posted().status(),
        compared,
        relations(now, staleMillis),
        new LogStatus(
            parts.log().startOffset(),
            parts.log().endOffset(),
            parts.log().durableOffset(),
            parts.log().sizeBytes()),
        lake(),
        List.of(OutputStatus.of(parts.lakeFeed()), OutputStatus.of(parts.subscriptions())),
        parts.sinks().all().stream().map(StatusReader::sink).toList(),
        new StepStatus(
            parts.meters().steps(),
            parts.meters().stepRows().total(),
            parts.meters().stepTimes().millisAt(50),
            parts.meters().stepTimes().millisAt(99)),
        new LedgerStatus(ledger.received(), ledger.applied(), ledger.quarantined()),
        modelsStatus,
        Map.of(
            "checkpoint_step", (double) parts.checkpoints().lastStep(),
            "checkpoints_damaged", (double) parts.engine().damages().size(),
            "checkpoints_written", (double) parts.checkpoints().written(),
            "restarts_total", (double) parts.restarts(),
            "task_retries_total", (double) parts.retries().count(),
            "disk_free_bytes", (double) parts.freeSpace().bytes(),
            "disk_kept_free_bytes", (double) parts.freeSpace().keptBytes()));
  }

  /**
   * The age of the state that readers see, while something newer waits in the log: since the newest
   * record in it was received, or since nothing waited, whichever is later.
   */
  private long staleMillis(Snapshot snapshot) {
    long now = clock.wallMicros();
    if (parts.log().endOffset() <= snapshot.step() || parts.pipeline().isIdle()) {
      currentMicros = now;
    }
    return Math.max(0, (now - Math.max(currentMicros, snapshot.processingMicros())) / 1000);
  }

  private LakeStatus lake() {
    LakeFeed feed = parts.lakeFeed();
    return new LakeStatus(
        parts.lakeLocation(),
        parts.lake().publishedStep(),
        feed.waitingRows(),
        feed.publishTimes().millisAt(50));
  }

  private SourceStatus source(SourceFeed feed, Serving.Models shown, long staleMillis) {
    Set<String> tables =
        shown.contracts().stream().map(Contract::table).collect(Collectors.toSet());
    return feed.status()
        .map(status ->
            new SourceStatus(
                feed.name(),
                parts.kind(feed.name()),
                state(feed, status.state()),
                status.received(),
                status.lagBytes(),
                staleMillis,
                feed.rows().total(),
                feed.rows().perSecond(),
                percent(status.snapshot()),
                status.snapshot().secondsLeft(),
                status.lastError(),
                status.tables().stream().map(StatusReader::table).toList(),
                status.retainedBytes(),
                status.schemaChanges().stream()
                    .filter(change -> tables.contains(change.table()))
                    .map(StatusReader::schemaChange)
                    .toList(),
                TableOperations.paused(feed),
                status.notes().stream()
                    .map(note -> new SourceStatus.TableNote(note.table(), note.text()))
                    .toList()))
        .orElseGet(() ->
            new SourceStatus(
                feed.name(),
                parts.kind(feed.name()),
                "starting",
                "",
                -1,
                staleMillis,
                0,
                0,
                0,
                ""));
  }

  private static SourceStatus.SchemaChange schemaChange(SchemaChange change) {
    return new SourceStatus.SchemaChange(
        change.table(),
        change.kind().name().toLowerCase(Locale.ROOT),
        change.column(),
        change.before(),
        change.after(),
        change.text(),
        change.position(),
        change.sourceMicros());
  }

  private static SourceStatus.SourceTable table(dev.freshet.capture.SourceStatus.Table table) {
    return new SourceStatus.SourceTable(
        table.name(), table.rows(), table.refused(), table.bytes(), table.lagRows());
  }

  private static String state(SourceFeed feed, dev.freshet.capture.SourceStatus.State state) {
    return switch (feed.obstacle()) {
      case DISK_FULL -> DISK_FULL;
      case DISK_HANGS -> DISK_HANGS;
      case NONE -> state(state);
    };
  }

  private static String state(dev.freshet.capture.SourceStatus.State state) {
    return state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static double percent(SnapshotProgress progress) {
    if (progress.tables() == progress.tablesDone()) {
      return 100;
    }
    return progress.rowsEstimated() <= 0
        ? 100.0 * progress.tablesDone() / progress.tables()
        : Math.min(99.9, 100.0 * progress.rowsDone() / progress.rowsEstimated());
  }

  private List<RelationStatus> relations(Serving.Moment now, long staleMillis) {
    Snapshot snapshot = now.snapshot();
    Map<String, Long> stateBytes = stateBytes();
    Map<String, RelationTime> times =
        snapshot.times().stream().collect(Collectors.toMap(RelationTime::relation, t -> t));
    List<RelationStatus> statuses = new ArrayList<>();
    for (RelationInfo relation : now.models().relations()) {
      Optional<RelationTime> time = Optional.ofNullable(times.get(relation.name()));
      RelationMeters.Meter meter = parts.meters().of(relation.name());
      statuses.add(
          new RelationStatus(
              relation.name(),
              relation.layer(),
              snapshot.rowCount(relation.name()),
              meter.changes().total(),
              meter.changes().perSecond(),
              staleMillis,
              now.models().freshnessMillis(relation.name()),
              meter.latencies().millisAt(50),
              meter.latencies().millisAt(99),
              meter.errors().get(),
              meter.quarantined().get(),
              stateBytes.getOrDefault(relation.name(), 0L),
              time.map(RelationTime::watermarkMicros).orElse(RelationStatus.NO_WATERMARK),
              time.map(RelationTime::lateChanges).orElse(0L),
              time.map(RelationTime::aheadChanges).orElse(0L)));
    }
    return statuses;
  }

  /** Bytes of the operators behind each view; shared ones count for each that shares them. */
  private Map<String, Long> stateBytes() {
    Map<String, Long> bytes = new HashMap<>();
    for (OperatorStatistics operator : parts.engine().statistics()) {
      for (String view : operator.views()) {
        bytes.merge(view, operator.stateBytes(), Long::sum);
      }
    }
    return bytes;
  }

  private static SinkStatus sink(SinkFeed feed) {
    return new SinkStatus(
        feed.name(),
        feed.kind(),
        feed.relation(),
        feed.guarantee(),
        feed.state().name().toLowerCase(Locale.ROOT),
        feed.deliveredStep(),
        feed.rowsBehind(),
        feed.bytesBehind(),
        feed.rowsWritten(),
        feed.failures(),
        feed.problem(),
        feed.copyWhy());
  }

  private static void addReconciled(List<String> problems, ReconcileStatus status) {
    add(problems, "Source " + status.source() + " could not be compared: ", status.problem());
    long rows = status.differences() + status.notMatched();
    if (rows > 0) {
      problems.add(
          "Source "
              + status.source()
              + ": "
              + (status.notMatched() > 0 ? "up to " : "")
              + rows
              + " rows were not what the source had at "
              + status.position()
              + ". freshet reconcile "
              + status.source()
              + " names them; with --repair it corrects them.");
    }
  }

  private void addTables(List<String> problems) {
    for (SourceFeed feed : parts.feeds()) {
      feed.status()
          .ifPresent(status ->
              status.notes().stream()
                  .filter(note -> note.level() == Level.PROBLEM)
                  .forEach(note ->
                      problems.add(
                          "Source " + feed.name() + ": " + note.table() + " " + note.text())));
    }
  }

  private void addAltered(List<String> problems, Serving.Moment now) {
    List<Contract> contracts = now.models().tables().stream().map(CapturedTable::contract).toList();
    for (SourceFeed feed : parts.feeds()) {
      feed.status()
          .ifPresent(status ->
              problems.addAll(SchemaProblems.of(feed.name(), status.schemaChanges(), contracts)));
    }
  }

  private static void add(List<String> problems, String what, String problem) {
    if (!problem.isEmpty()) {
      problems.add(what + problem);
    }
  }

  private List<String> problems(List<SourceStatus> sources) {
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, Scheduler.Handle> task : parts.tasks().entrySet()) {
      Throwable failure = task.getValue().failure();
      if (failure != null) {
        problems.add(task.getKey() + " has stopped: " + failure.getMessage());
      }
    }
    parts
        .serving()
        .failures()
        .forEach((model, reason) ->
            problems.add(
                "Model " + model + " is left out until it can be computed anew: " + reason));
    parts
        .retries()
        .problems()
        .forEach((task, problem) -> problems.add("The " + task + " try again: " + problem));
    add(problems, "The log waits: ", parts.log().diskFull());
    add(
        problems,
        "A source did not hear what of it is durable, which is a defect: ",
        parts.log().listenerFailure());
    add(problems, "The lake cannot be published: ", parts.lakeFeed().problem());
    add(problems, "The state cannot be saved: ", parts.checkpoints().problem());
    for (SinkFeed sink : parts.sinks().all()) {
      add(problems, "Sink " + sink.name() + " waits and tries again: ", sink.problem());
    }
    problems.addAll(parts.dataflow().problems());
    if (parts.checkpoints().written() == 0) {
      for (String damage : parts.engine().damages()) {
        problems.add(
            "A checkpoint is damaged, and the one before was taken; nothing is lost. Look after the"
                + " disk. "
                + damage);
      }
    }
    for (SourceStatus source : sources) {
      if (source.state().equals("failed") || !source.error().isEmpty()) {
        problems.add("Source " + source.name() + ": " + source.error());
      }
      if (source.state().equals(DISK_FULL)) {
        problems.add(
            "Source "
                + source.name()
                + " waits: the disk of "
                + parts.project().settings().state()
                + " is nearly full: "
                + (parts.freeSpace().bytes() >> 20)
                + " MiB are free, "
                + (parts.freeSpace().keptBytes() >> 20)
                + " MiB are to stay free (log.keep-free). Free some space; it goes on by itself,"
                + " and nothing is lost.");
      }
      if (source.state().equals(DISK_HANGS)) {
        problems.add(
            "Source "
                + source.name()
                + " waits: the disk of "
                + parts.project().settings().state()
                + " does not end a commit of the log. Look after it; the source goes on by itself,"
                + " and nothing is lost.");
      }
    }
    if (!parts.pipeline().ledger().addsUp()) {
      problems.add("The ledger does not add up: " + parts.pipeline().ledger());
    }
    return problems;
  }
}
