package dev.freshet.runtime.verify;

import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.type.Keep;
import dev.freshet.database.step.PipelineSettings;
import dev.freshet.engine.Engine;
import dev.freshet.lake.LakeReader;
import dev.freshet.log.embedded.LogFiles;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.log.embedded.StoredLog;
import dev.freshet.runtime.backup.PinnedState;
import dev.freshet.runtime.history.Beginnings;
import dev.freshet.runtime.history.Replica;
import dev.freshet.runtime.history.TableLayouts;
import dev.freshet.runtime.system.ResolvedProject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Replays a project's log into a fresh engine and compares what that holds with what the project
 * holds, table by table and model by model, at one step. The project may run meanwhile, and nothing
 * of it is changed.
 */
public final class Verification {
  private static final String LOG = "log";

  private final Path state;
  private final ResolvedProject project;
  private final Consumer<String> out;
  private final LocalStorage spill;

  private Verification(Path state, ResolvedProject project, Path spill, Consumer<String> out) {
    this.state = state;
    this.project = project;
    this.spill = new LocalStorage(spill);
    this.out = out;
  }

  /**
   * Verifies, and tells what it finds.
   *
   * @param state the project's state folder
   * @param running asks the running process for the answer to a path; empty when none runs
   * @param spill an empty folder for what has no room in memory
   * @param out takes lines for the user, as they come
   * @return how many tables and models differ
   * @throws FreshetException {@link ErrorCode#NOT_FOUND} when the project has not run; when its
   *     files are damaged
   */
  public static int run(
      Path state,
      ResolvedProject project,
      Optional<UnaryOperator<String>> running,
      Path spill,
      Consumer<String> out) {
    if (!Files.isDirectory(state.resolve(LOG))) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot verify " + state + ": there is no log. Has the project run yet?");
    }
    Verification verification = new Verification(state, project, spill, out);
    try (PinnedState pinned = PinnedState.of(state, PinnedState.Scope.WITHOUT_LAKE)) {
      LocalStorage files = new LocalStorage(pinned.folder());
      StoredLog log = new StoredLog(look(files));
      return running.isPresent()
          ? verification.ofRunning(files, log, running.get())
          : verification.ofStopped(files, log);
    }
  }

  private static LogFiles.View look(LocalStorage storage) {
    return LogFiles.of(storage, LOG, LogSettings.DEFAULT).view();
  }

  private int ofRunning(LocalStorage pinned, StoredLog log, UnaryOperator<String> ask) {
    RunningState live = RunningState.of(ask);
    Selection selection =
        Selection.of(
            project,
            live.origins(),
            live.relations().value().keySet(),
            log.startOffset() == 0,
            keptAgainstContract(live));
    try (FreshState fresh = fresh(pinned, log, selection, live.origins(), memory())) {
      return compared(live, fresh, log, selection);
    }
  }

  /** Tables that are to keep no rows from the next start on. */
  private List<String> keptAgainstContract(RunningState live) {
    return project.tables().stream()
        .filter(table -> table.keep() == Keep.NONE)
        .map(Contract::table)
        .filter(live::hasRows)
        .toList();
  }

  private int ofStopped(LocalStorage pinned, StoredLog log) {
    Origins origins =
        Origins.of(LakeReader.open(new LocalStorage(state)).markers(), project.models());
    List<String> all = new ArrayList<>(project.tables().stream().map(Contract::table).toList());
    project.models().forEach(model -> all.add(model.name()));
    Selection selection = Selection.of(project, origins, all, log.startOffset() == 0, List.of());
    try (Engine saved = FreshState.saved(pinned, spill, "saved", memory() / 2)) {
      return ofSaved(saved, pinned, log, selection, origins);
    }
  }

  private int ofSaved(
      Engine saved, LocalStorage pinned, StoredLog log, Selection selection, Origins origins) {
    long step = saved.step();
    TableLayouts layouts = TableLayouts.read(pinned, FreshState.ENGINE_DIRECTORY);
    project.tables().forEach(table -> layouts.declare(saved, table));
    Beginnings beginnings =
        new Beginnings(
            saved,
            new Beginnings.History(log, project.tables(), selection.models(), Clock.system()),
            origins.since());
    selection.models().forEach(beginnings::declare);
    try (Replica live =
            Replica.of(saved, log, project.tables(), PipelineSettings.DEFAULT, Clock.system());
        FreshState fresh = fresh(pinned, log, selection, origins, memory() / 2)) {
      live.readToEnd();
      String text = "the state saved at step " + step + " and the log behind it, as a start would";
      return compared(new SnapshotState(text, live.snapshot()), fresh, log, selection);
    }
  }

  private static long memory() {
    return Engine.defaultMemoryBytes();
  }

  private FreshState fresh(
      LocalStorage pinned, StoredLog log, Selection selection, Origins origins, long memoryBytes) {
    return FreshState.begin(
        pinned, log, spill, memoryBytes, project.tables(), selection.models(), origins);
  }

  private int compared(LiveState live, FreshState fresh, StoredLog log, Selection selection) {
    Replica replica = fresh.replica();
    long from = replica.engine().step();
    var relations = live.relations();
    SnapshotState replayed = at(replica, log, relations.step());
    Report report = new Report(out);
    report.head(live.text(), relations.step(), log.startOffset(), from);
    return new Comparison(report, live, step -> at(replica, log, step))
        .run(relations.value(), replayed, fresh.bases(), selection.leftOut());
  }

  /** The pinned log is read first; what came since is read where the project keeps it. */
  private SnapshotState at(Replica replica, StoredLog log, long step) {
    if (step > log.durableOffset()) {
      log.renew(look(new LocalStorage(state)));
    }
    if (step > replica.engine().step()) {
      replica.readTo(step);
    }
    return new SnapshotState("the log", replica.snapshot());
  }
}
