package dev.freshet.runtime.system;

import dev.freshet.contracts.Contract;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.function.library.FunctionLibrary;
import dev.freshet.core.port.Clock;
import dev.freshet.database.step.Step;
import dev.freshet.engine.NewView;
import dev.freshet.engine.ViewBuild;
import dev.freshet.engine.ViewFailure;
import dev.freshet.runtime.feed.SourceFeed;
import dev.freshet.runtime.function.FunctionFolder;
import dev.freshet.runtime.history.HistoryScope;
import dev.freshet.runtime.lake.LakeTables;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.model.ModelCompiler;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.Settings;
import dev.freshet.serve.backend.Backend.Applied;
import dev.freshet.serve.backend.SystemStatus.ModelsStatus;
import dev.freshet.serve.backend.SystemStatus.ModelsStatus.Outcome;
import dev.freshet.serve.text.AppliedText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Changes the models of a running project, one change at a time: computes what is new beside the
 * running models, then exchanges all in one step. A change that fails has changed nothing. Safe for
 * all threads.
 */
final class ModelChanges {
  private static final long STOP_SECONDS = 10;

  private final Parts parts;
  private final Clock clock;
  private final Handover handover;
  private final ReentrantLock changing = new ReentrantLock();
  private volatile @Nullable Running running;

  /** Whether {@link #buildLater} still computes models, or is about to. */
  private volatile boolean buildingLater;

  private volatile ModelsStatus last = ModelsStatus.NONE;

  /** A computation that goes on. */
  private record Running(List<String> models, DoubleSupplier percent, Runnable cancel) {
    static Running of(List<String> models, ViewBuild build) {
      return new Running(models, build::percent, build::cancel);
    }
  }

  ModelChanges(Parts parts, Clock clock) {
    this.parts = parts;
    this.clock = clock;
    this.handover = new Handover(parts, clock);
  }

  /**
   * Takes the project's folder as it is now.
   *
   * @throws FreshetException when it cannot be taken; then nothing has changed
   */
  Applied apply() {
    return Beside.start("apply", () -> changed(this::applyNow, this::told)).join();
  }

  /**
   * Computes models that a start did not wait for, and returns at once. Not those whose computation
   * has failed; when one fails now, the others come without it.
   */
  void buildLater() {
    Predicate<Model> isSound = model -> !parts.serving().failures().containsKey(model.name());
    buildingLater = parts.serving().models().coming().stream().anyMatch(isSound);
    if (buildingLater) {
      Beside<Applied> _ = Beside.start("model build", () -> buildSound(isSound));
    }
  }

  private Applied buildSound(Predicate<Model> isSound) {
    try {
      Applied applied = changed(() -> buildNow(isSound), this::told);
      buildingLater = false;
      return applied;
    } catch (ViewFailure e) {
      buildLater();
      throw e;
    } catch (RuntimeException | Error e) {
      buildingLater = false;
      throw e;
    }
  }

  /**
   * Computes all models that are missing, and returns when they are there. Returns false at once
   * while {@link #buildLater} computes them: it comes to the sound ones first.
   */
  boolean buildComing() {
    if (buildingLater) {
      return false;
    }
    if (!parts.serving().models().coming().isEmpty()) {
      changed(() -> buildNow(_ -> true), this::told);
    }
    return true;
  }

  /** What a replay would do now. */
  ReplayPlan planReplay(String model, String from) {
    return ReplayPlan.of(parts, parts.serving().models(), model, from);
  }

  /**
   * Computes a model once more, with those that read it, and lets them take their places.
   *
   * @throws FreshetException when that cannot be done; then nothing has changed
   */
  Replayed replay(String model, String from) {
    return Beside.start(
            "replay",
            () ->
                changed(
                    () -> replayNow(model, from),
                    replayed -> Optional.of(replayed.plan().summary())))
        .join();
  }

  /** A replay that was made, and its step. */
  record Replayed(ReplayPlan plan, Step step, long millis) {}

  /**
   * @param told what the status tells of the change; empty for nothing new
   */
  private <T> T changed(Supplier<T> change, Function<T, Optional<String>> told) {
    changing.lock();
    try {
      handover.requireOpen();
      T made = change.get();
      told.apply(made).ifPresent(message -> finished(Outcome.APPLIED, message));
      return made;
    } catch (RuntimeException | Error e) {
      finished(Outcome.REFUSED, Objects.requireNonNullElse(e.getMessage(), e.toString()));
      throw e;
    } finally {
      changing.unlock();
    }
  }

  private Optional<String> told(Applied applied) {
    return !AppliedText.isNothing(applied) || last.outcome() == Outcome.REFUSED
        ? Optional.of(AppliedText.summary(applied))
        : Optional.empty();
  }

  private void finished(Outcome outcome, String message) {
    int applied = outcome == Outcome.APPLIED ? 1 : 0;
    last =
        new ModelsStatus(
            List.of(),
            100,
            outcome,
            message,
            clock.wallMicros(),
            last.applied() + applied,
            last.refused() + 1 - applied);
  }

  private Applied applyNow() {
    long start = clock.nanos();
    Serving.Models before = parts.serving().models();
    Project folder = before.project().readAgain();
    TakenOut takenOut = takenOut(before, folder);
    Project wanted = folder.with(withFreshness(before.project(), folder));
    List<CapturedTable> tables =
        takenOut.left().stream().map(table -> described(table, wanted)).toList();
    FunctionLibrary functions = FunctionFolder.load(wanted.directory());
    List<Model> models =
        ModelCompiler.compile(Serving.Models.contracts(tables), wanted.models(), functions);
    RestartOnly.requireOtherNames(takenOut.names(), models);
    List<Model> left = stillComing(before, models);
    List<Model> taken = models.stream().filter(model -> !left.contains(model)).toList();
    ModelDiff diff = ModelDiff.of(before.models(), taken);
    RestartOnly.requireModels(taken, diff.built());
    parts.sinks().requireFit(before.project(), Serving.Models.contracts(tables), models);
    Serving.Models after =
        Serving.Models.of(wanted, tables, taken, left, functions, parts.lakeLocation());
    return applied(diff, takenOut, exchange(before, after, diff, takenOut), start);
  }

  private TakenOut takenOut(Serving.Models before, Project folder) {
    List<SourceFeed> feeds = parts.feeds();
    Set<String> names =
        RestartOnly.require(
            before.project(),
            folder,
            before.contracts(),
            source -> TakenOut.isPossible(feeds, source));
    TakenOut takenOut = new TakenOut(feeds, before.tables(), names);
    takenOut.requireSnapshots(folder.sources());
    return takenOut;
  }

  /**
   * Models that are missing and have not changed: they come when they come, and hold up no change
   * of others. Not those that a new or changed model reads, which has to wait for them.
   */
  private static List<Model> stillComing(Serving.Models before, List<Model> models) {
    List<Model> was = new ArrayList<>(before.models());
    was.addAll(before.coming());
    Set<String> built = ModelDiff.of(was, models).built();
    Set<String> needed = new HashSet<>();
    for (Model model : models.reversed()) {
      if (built.contains(model.name()) || needed.contains(model.name())) {
        needed.addAll(model.reads());
      }
    }
    Set<String> coming =
        before.coming().stream().map(Model::name).collect(Collectors.toCollection(HashSet::new));
    coming.removeAll(built);
    coming.removeAll(needed);
    return models.stream().filter(model -> coming.contains(model.name())).toList();
  }

  private static Settings withFreshness(Project before, Project folder) {
    return before.settings().withFreshness(folder.settings().freshness());
  }

  private static CapturedTable described(CapturedTable table, Project wanted) {
    Contract contract = table.contract();
    Contract said = wanted.contracts().get(contract.table());
    return said == null
        ? table
        : new CapturedTable(
            table.source(),
            new Contract(
                contract.table(),
                contract.schema(),
                contract.key(),
                said.description(),
                said.owner(),
                contract.watermark(),
                contract.keep(),
                contract.masking()));
  }

  private Applied buildNow(Predicate<Model> isBuilt) {
    long start = clock.nanos();
    Serving.Models before = parts.serving().models();
    List<Model> all = new ArrayList<>(before.models());
    List<Model> left = new ArrayList<>();
    before.coming().forEach(model -> (isBuilt.test(model) ? all : left).add(model));
    ModelDiff diff = ModelDiff.of(before.models(), all);
    Serving.Models after =
        Serving.Models.of(
            before.project(), before.tables(), all, left, before.functions(), parts.lakeLocation());
    try {
      return applied(diff, TakenOut.NONE, exchange(before, after, diff, TakenOut.NONE), start);
    } catch (ViewFailure e) {
      Map<String, String> reasons = new HashMap<>();
      e.views().forEach(view -> reasons.put(view, e.getMessage()));
      parts.serving().failed(reasons);
      throw e;
    }
  }

  private Applied applied(ModelDiff diff, TakenOut takenOut, long step, long startNanos) {
    return new Applied(
        step,
        diff.added(),
        diff.changed(),
        diff.rebuilt(),
        diff.removed(),
        takenOut.sorted(),
        diff.unchanged(),
        (clock.nanos() - startNanos) / 1_000_000);
  }

  private Replayed replayNow(String name, String from) {
    long start = clock.nanos();
    Serving.Models models = parts.serving().models();
    ReplayPlan plan = ReplayPlan.of(parts, models, name, from);
    Step step =
        plan.scope().isPresent()
            ? fromHistory(models, plan, plan.scope().get())
            : exchanged(models, models, plan.diff(models.models().size()), TakenOut.NONE);
    return new Replayed(plan, step, (clock.nanos() - start) / 1_000_000);
  }

  private Step fromHistory(Serving.Models models, ReplayPlan plan, HistoryScope scope) {
    HistoryReplay replay = new HistoryReplay(parts, handover, clock, scope);
    try {
      running =
          new Running(
              plan.built().stream().map(Model::name).toList(), replay::percent, replay::cancel);
      return replay.run(models);
    } finally {
      running = null;
    }
  }

  /** Returns the step from which on readers see the models. */
  private long exchange(
      Serving.Models before, Serving.Models after, ModelDiff diff, TakenOut takenOut) {
    if (diff.isEmpty() && takenOut.isEmpty()) {
      parts.serving().show(after);
      return parts.engine().snapshot().step();
    }
    return exchanged(before, after, diff, takenOut).number();
  }

  private Step exchanged(
      Serving.Models before, Serving.Models after, ModelDiff diff, TakenOut takenOut) {
    Set<String> built = diff.built();
    List<Model> building =
        after.models().stream().filter(model -> built.contains(model.name())).toList();
    List<NewView> views =
        building.stream()
            .map(model ->
                new NewView(
                    model.name(), Set.copyOf(model.reads()), model.plan(), model.keyColumns()))
            .toList();
    Set<String> broken = BrokenContents.of(parts.engine().snapshot(), building);
    ViewBuild build =
        handover.onSteps(() -> parts.engine().beginViews(views, Set.copyOf(diff.removed())));
    try {
      handover.onSteps(() -> {
        requireUnread(takenOut, build);
        return 0;
      });
      running = Running.of(building.stream().map(Model::name).toList(), build);
      parts.serving().follow(build::percent);
      parts.serving().show(coming(before, building, diff));
      stopIfClosed(build);
      build.run();
      LakeTables tables =
          parts
              .lakeFeed()
              .tables()
              .next(parts.lake(), after.models(), built, all(built, build.since()), broken)
              .without(takenOut.names());
      Set<String> exchanged = new HashSet<>(built);
      exchanged.addAll(diff.removed());
      Runnable swap =
          () -> {
            requireUnread(takenOut, build);
            parts.engine().swapViews(build);
            takenOut.names().forEach(parts.pipeline()::removeGate);
            parts.sinks().onExchange(exchanged, after.models(), tables.since());
          };
      List<String> ended = ended(before, after, diff);
      return takenOut.around(
          new ModelExchange(parts, swap, tables, after, ended, takenOut.names()), handover);
    } catch (RuntimeException e) {
      parts.serving().show(before);
      throw e;
    } finally {
      running = null;
      abandon(build);
    }
  }

  /** Behind the step nothing may fail any more. */
  private void requireUnread(TakenOut takenOut, ViewBuild build) {
    try {
      parts.engine().requireUnread(takenOut.names(), build);
    } catch (FreshetException e) {
      throw RestartOnly.stillRead(e);
    }
  }

  private static Map<String, Long> all(Set<String> models, long position) {
    Map<String, Long> positions = new HashMap<>();
    models.forEach(model -> positions.put(model, position));
    return positions;
  }

  private Serving.Models coming(Serving.Models before, List<Model> building, ModelDiff diff) {
    List<Model> coming =
        new ArrayList<>(
            building.stream().filter(model -> diff.added().contains(model.name())).toList());
    before.coming().stream()
        .filter(model -> !diff.added().contains(model.name()))
        .forEach(coming::add);
    return Serving.Models.of(
        before.project(),
        before.tables(),
        before.models(),
        coming,
        before.functions(),
        parts.lakeLocation());
  }

  private void stopIfClosed(ViewBuild build) {
    if (handover.isClosed()) {
      build.cancel();
    }
  }

  private static List<String> ended(Serving.Models before, Serving.Models after, ModelDiff diff) {
    List<String> ended = new ArrayList<>(diff.removed());
    for (Model model : after.models()) {
      Optional<Model> was =
          before.models().stream().filter(old -> old.name().equals(model.name())).findFirst();
      if (was.isPresent() && !was.get().plan().schema().hasSameColumns(model.plan().schema())) {
        ended.add(model.name());
      }
    }
    return ended;
  }

  private void abandon(ViewBuild build) {
    if (!handover.isClosed()) {
      handover.onSteps(() -> {
        parts.engine().abandonView(build);
        return 0;
      });
    }
  }

  /** Whether no change is under way. */
  boolean isIdle() {
    return !changing.isLocked();
  }

  ModelsStatus status() {
    Running now = running;
    ModelsStatus done = last;
    return now == null
        ? done
        : new ModelsStatus(
            now.models(),
            now.percent().getAsDouble(),
            done.outcome(),
            done.message(),
            done.atMicros(),
            done.applied(),
            done.refused());
  }

  /** Ends a computation that goes on, within seconds; nothing is changed by it. */
  void close() {
    handover.close();
    Running now = running;
    if (now != null) {
      now.cancel().run();
    }
    try {
      if (changing.tryLock(STOP_SECONDS, TimeUnit.SECONDS)) {
        changing.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
