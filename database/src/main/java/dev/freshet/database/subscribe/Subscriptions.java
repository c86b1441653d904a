package dev.freshet.database.subscribe;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.output.DeliveryGuarantee;
import dev.freshet.core.output.Output;
import dev.freshet.database.step.Step;
import dev.freshet.database.step.StepListener;
import dev.freshet.engine.Engine;
import dev.freshet.engine.RelationDelta;
import dev.freshet.engine.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * All change feeds of a running system. Safe for all threads.
 *
 * <p>A feed tells of each step once and in order while it lasts. Who begins again with {@link
 * From#SNAPSHOT}, after its own end or the system's, misses nothing and sees rows again; with
 * {@link From#NOW} it misses what came in between.
 */
public final class Subscriptions implements StepListener, Output {
  private final Engine engine;
  private final List<Subscriber> subscribers = new ArrayList<>();
  private long lastId;

  private record Subscriber(
      long id, String relation, Batch empty, long afterStep, ChangeListener listener) {}

  public Subscriptions(Engine engine) {
    this.engine = engine;
  }

  @Override
  public String name() {
    return "change feeds";
  }

  @Override
  public DeliveryGuarantee guarantee() {
    return DeliveryGuarantee.AT_LEAST_ONCE;
  }

  @Override
  public long deliveredStep() {
    return engine.snapshot().step();
  }

  /** Where a feed begins. */
  public enum From {
    /** With all rows that are there, as inserts of the current step. */
    SNAPSHOT,
    /** With the next step. */
    NOW
  }

  /** Ends a feed. */
  @FunctionalInterface
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Starts a feed. With {@link From#SNAPSHOT} the listener is called once before this returns.
   *
   * @throws dev.freshet.core.error.FreshetException NOT_FOUND when there is no such relation
   */
  public synchronized Subscription subscribe(String relation, From from, ChangeListener listener) {
    Snapshot snapshot = engine.snapshot();
    Batch empty = Batch.empty(snapshot.schema(relation));
    if (from == From.SNAPSHOT) {
      listener.onStep(snapshot.step(), snapshot.scan(relation));
    }
    // The step in progress may already be in the snapshot: it is told by its number.
    Subscriber subscriber = new Subscriber(++lastId, relation, empty, snapshot.step(), listener);
    subscribers.add(subscriber);
    return () -> remove(subscriber.id());
  }

  private synchronized void remove(long id) {
    subscribers.removeIf(subscriber -> subscriber.id() == id);
  }

  /** Ends all feeds of a relation, and tells their listeners why. */
  public void end(String relation, FreshetException why) {
    endWhere(subscriber -> subscriber.relation().equals(relation), why);
  }

  /** Ends the feeds of a relation that began before a step, and tells their listeners why. */
  public void endBefore(long step, String relation, FreshetException why) {
    endWhere(
        subscriber -> subscriber.relation().equals(relation) && subscriber.afterStep() < step, why);
  }

  /** Ends all feeds, and tells their listeners why. */
  public void endAll(FreshetException why) {
    endWhere(_ -> true, why);
  }

  private void endWhere(Predicate<Subscriber> which, FreshetException why) {
    List<Subscriber> ended;
    synchronized (this) {
      ended = subscribers.stream().filter(which).toList();
      subscribers.removeAll(ended);
    }
    ended.forEach(subscriber -> subscriber.listener().onEnd(why));
  }

  @Override
  public void onStep(Step step) {
    List<Subscriber> present;
    synchronized (this) {
      present = List.copyOf(subscribers);
    }
    for (Subscriber subscriber : present) {
      if (step.number() > subscriber.afterStep()) {
        Batch changes =
            step.result()
                .delta(subscriber.relation())
                .map(RelationDelta::rows)
                .orElse(subscriber.empty());
        subscriber.listener().onStep(step.number(), changes);
      }
    }
  }
}
