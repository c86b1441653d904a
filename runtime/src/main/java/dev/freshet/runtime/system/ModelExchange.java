package dev.freshet.runtime.system;

import dev.freshet.core.crash.CrashPoint;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.database.step.Step;
import dev.freshet.database.step.StepChange;
import dev.freshet.runtime.lake.LakeTables;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The one step in which models take the places of others: in the engine, in the lake's next
 * publish, for queries, and for the readers of change feeds.
 *
 * <pre>
 *   before   readers are held at the old models; the engine has the new views, the lake's feed the new tables
 *   step     the difference goes to the lake and to feeds, as rows that leave and come
 *   after    readers see the new models; feeds whose columns are others, or whose model is gone, end;
 *            the engine forgets the tables that are gone
 * </pre>
 */
final class ModelExchange implements StepChange {
  private final Parts parts;
  private final Runnable swap;
  private final LakeTables tables;
  private final Serving.Models next;
  private final List<String> ended;
  private final Set<String> takenOut;
  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
  private final CompletableFuture<Step> step = new CompletableFuture<>();

  private enum State {
    WAITING,
    MAKING,
    FAILED,
    WITHDRAWN
  }

  /**
   * @param swap exchanges the views of the engine; may fail, and then has changed nothing
   * @param ended models whose readers have to begin again, and those that are gone
   * @param takenOut tables that are gone, which none of the models reads any more
   */
  ModelExchange(
      Parts parts,
      Runnable swap,
      LakeTables tables,
      Serving.Models next,
      List<String> ended,
      Set<String> takenOut) {
    this.parts = parts;
    this.swap = swap;
    this.tables = tables;
    this.next = next;
    this.ended = ended;
    this.takenOut = takenOut;
  }

  /** The step from which on readers see the new models, with what changes by it. */
  CompletableFuture<Step> step() {
    return step;
  }

  /**
   * Makes nothing of it, unless it has begun.
   *
   * @return whether nothing was made and nothing will be, since it failed before its step or was
   *     withdrawn, now or before
   */
  boolean withdraw() {
    boolean isWithdrawn = state.compareAndSet(State.WAITING, State.WITHDRAWN);
    return isWithdrawn || state.get() != State.MAKING;
  }

  @Override
  public void before() {
    if (!state.compareAndSet(State.WAITING, State.MAKING)) {
      return;
    }
    try {
      parts.serving().hold();
      swap.run();
      parts.lakeFeed().exchange(tables);
      CrashPoint.MODELS_SWAPPED.reached();
    } catch (RuntimeException e) {
      state.set(State.FAILED);
      parts.serving().show(parts.serving().models());
      step.completeExceptionally(e);
    }
  }

  @Override
  public void after(Step made) {
    if (state.get() != State.MAKING) {
      return;
    }
    CrashPoint.MODELS_STEPPED.reached();
    takenOut.forEach(parts.engine()::dropTable);
    parts.serving().show(next);
    for (String relation : ended) {
      parts.subscriptions().endBefore(made.number(), relation, why(relation));
    }
    for (String table : takenOut) {
      parts.subscriptions().end(table, why(table)); // the step itself still had it
    }
    List<String> gone = new ArrayList<>(ended);
    gone.addAll(takenOut);
    parts.meters().recount(parts.engine().snapshot(), next.models(), gone);
    step.complete(made);
  }

  private FreshetException why(String relation) {
    boolean isThere = Serving.find(next, relation).isPresent();
    return new FreshetException(
        ErrorCode.FEED_ENDED,
        isThere
            ? "The feed ends: the columns of "
                + relation
                + " have changed. Subscribe again to get it with its new columns."
            : "The feed ends: the "
                + (takenOut.contains(relation) ? "table " : "model ")
                + relation
                + " was removed from the project.");
  }
}
