package dev.freshet.engine;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.error.Check;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Arrangement;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.checkpoint.StateMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Views that a second engine computes from the beginning of the input, or from some position in it,
 * to take the places of views of a running one. What both have apart is known when they change
 * places, without a look at all rows in between two steps:
 *
 * <pre>
 *   running   ... x ---------- y     x: contents are compared, beside       difference of x
 *   shadow    0 ..... x ------ y     y: they change places                  + the shadow's changes since - the running one's
 * </pre>
 *
 * <p>{@link #compare} is one thread's, before {@link Engine#swapViews(ViewReplay)}; {@link
 * #runningChanged} is the running engine's, {@link #shadowChanged} the shadow's.
 */
public final class ViewReplay {
  /** Past it the difference is more than one step can tell. */
  private static final long CHANGED_ROWS_MAX = 4_000_000;

  private final Engine shadow;
  private final List<ReplayedView> views;
  private final Map<String, Relation.View> replaced;
  private final StateMemory memory;

  /** What a view has more and less than the running one, in the order of its content. */
  private final Map<String, RunList> compared = new HashMap<>();

  private final Map<String, List<Batch>> runningChanges = new HashMap<>();
  private final Map<String, List<Batch>> shadowChanges = new HashMap<>();
  private final AtomicLong changedRows = new AtomicLong();

  ViewReplay(
      Engine shadow,
      List<ReplayedView> views,
      Map<String, Relation.View> replaced,
      StateMemory memory) {
    this.shadow = shadow;
    this.views = List.copyOf(views);
    this.replaced = Map.copyOf(replaced);
    this.memory = memory;
  }

  /** The other engine: to be given tables, the views and what these read, and the input. */
  public Engine shadow() {
    return shadow;
  }

  List<ReplayedView> views() {
    return views;
  }

  Map<String, Relation.View> replaced() {
    return replaced;
  }

  /**
   * Compares the views as of one step, which both engines have reached.
   *
   * @param running the running engine's state; from then on {@link #runningChanged} and {@link
   *     #shadowChanged} are told of each step
   */
  public void compare(Snapshot running) {
    Snapshot fresh = shadow.snapshot();
    Check.that(
        fresh.step() == running.step(), "both are at one step", fresh.step(), running.step());
    for (ReplayedView view : views) {
      RunList now = ((EngineSnapshot) fresh).rows(view.name());
      Arrangement sum = new Arrangement(now.order());
      add(sum, ((EngineSnapshot) running).rows(view.name()), -1);
      add(sum, now, 1);
      compared.put(view.name(), sum.content().compacted());
    }
  }

  private void add(Arrangement sum, RunList rows, int sign) {
    rows.contents(batch -> {
      memory.enforce(sink -> sink.accept(sum.content()), List.of());
      Batch stored = batch.withSchema(sum.content().schema());
      sum.add(Run.of(sum.content().order(), sign > 0 ? stored : stored.negated()));
      return true;
    });
  }

  /** Takes a step of the running engine, after the one of {@link #compare}. */
  public void runningChanged(StepResult step) {
    take(step, runningChanges);
  }

  /** Takes a step of the other engine, after the one of {@link #compare}. */
  public void shadowChanged(StepResult step) {
    take(step, shadowChanges);
  }

  private void take(StepResult step, Map<String, List<Batch>> changes) {
    for (RelationDelta delta : step.deltas()) {
      boolean isMine = replaced.containsKey(delta.relation());
      if (isMine && changedRows.addAndGet(delta.rows().rowCount()) <= CHANGED_ROWS_MAX) {
        changes.computeIfAbsent(delta.relation(), _ -> new ArrayList<>()).add(delta.rows());
      }
    }
  }

  /** What the step after the exchange has to tell, as of the last step of both. */
  ViewSwap swap() {
    if (changedRows.get() > CHANGED_ROWS_MAX) {
      throw new FreshetException(
          ErrorCode.LIMIT_EXCEEDED,
          "Cannot replay beside the running models: more than "
              + CHANGED_ROWS_MAX
              + " rows changed while they were compared. Try again when less comes in.");
    }
    Map<String, ViewSwap.Difference> differences = new HashMap<>();
    for (ReplayedView view : views) {
      Relation.View old = Objects.requireNonNull(replaced.get(view.name()));
      differences.put(
          view.name(), new ViewSwap.Difference(difference(view.name()), old.output().errors()));
    }
    return new ViewSwap(differences, Set.of());
  }

  private Batch difference(String view) {
    RunList base = Objects.requireNonNull(compared.get(view), "views are compared first");
    Schema schema = base.schema();
    Batch rows = base.scan();
    List<Batch> all = new ArrayList<>();
    all.add(rows);
    shadowChanges.getOrDefault(view, List.of()).forEach(each -> all.add(each.withSchema(schema)));
    runningChanges
        .getOrDefault(view, List.of())
        .forEach(each -> all.add(each.withSchema(schema).negated()));
    return all.size() == 1 ? rows : Run.of(base.order(), Rows.concat(schema, all)).rows();
  }
}
