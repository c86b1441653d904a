package dev.freshet.engine;

import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.Watermark;
import dev.freshet.engine.RelationTime.Activity;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.circuit.ArrivalsNode;
import dev.freshet.engine.circuit.WatermarkNode;
import dev.freshet.engine.table.Arrivals;
import dev.freshet.engine.time.EventTime;
import dev.freshet.engine.time.TableTime;
import dev.freshet.engine.time.ViewTime;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.PlanText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * Event time between an engine's tables and its final views: gives the dataflow what each view
 * waits for, and keeps what checkpoints need of it. One thread owns it.
 */
final class Times {
  private final EventTime time;
  private Saved saved;

  /** Finds state that {@link #forEachState} gave before. */
  @FunctionalInterface
  interface Saved {
    Optional<List<RunList>> find(String name, List<RowOrder> orders);
  }

  Times(Saved saved, long position) {
    this.saved = saved;
    this.time = new EventTime(position);
  }

  /**
   * @param identity tells the table from earlier ones of its name
   */
  void add(String table, String identity, TableTime tableTime, Schema schema) {
    saved
        .find(key(identity, tableTime.declared()), TableTime.stateOrders())
        .ifPresent(tableTime::restore);
    time.add(table, identity, tableTime, schema);
  }

  /** The time of a view that begins; empty when it is not a final one. */
  Optional<ViewTime> add(String view, long since, Plan plan) {
    Optional<ViewTime> viewTime = of(view, since, plan);
    viewTime.ifPresent(each -> time.add(view, each));
    return viewTime;
  }

  /** Whether a checkpoint has the time of this final view, and with it all of its state. */
  boolean hasSaved(String view, long since, Plan plan) {
    ViewTime viewTime = new ViewTime(identity(view, since, plan), since, Map.of());
    return saved.find(key(viewTime), ViewTime.stateOrders()).isPresent();
  }

  /** As {@link #add}, for a view that is computed beside the one that may have its name. */
  Optional<ViewTime> begin(String view, long since, Plan plan) {
    Optional<ViewTime> viewTime = of(view, since, plan);
    viewTime.ifPresent(time::begin);
    return viewTime;
  }

  /** As {@link #begin}, for a view that has come as far as it has in another engine's times. */
  Optional<ViewTime> adopt(String view, long since, Plan plan, Times from) {
    Optional<ViewTime> viewTime = of(view, since, plan);
    viewTime.ifPresent(each -> {
      from.time.view(view).ifPresent(there -> each.restore(there.state()));
      time.begin(each);
    });
    return viewTime;
  }

  /** Ends what {@link #begin} began: the view has its name now. */
  void finish(String view, Optional<ViewTime> viewTime) {
    time.removeView(view);
    viewTime.ifPresent(each -> time.name(view, each));
  }

  void abandon(ViewTime viewTime) {
    time.forget(viewTime);
  }

  private Optional<ViewTime> of(String view, long since, Plan plan) {
    Set<String> arriving = arriving(plan);
    if (arriving.isEmpty()) {
      return Optional.empty();
    }
    Map<String, TableTime> tables = new LinkedHashMap<>();
    for (String table : arriving) {
      tables.put(table, time.table(table).orElseThrow(() -> withoutWatermark(view, table)));
    }
    ViewTime viewTime = new ViewTime(identity(view, since, plan), since, tables);
    saved.find(key(viewTime), ViewTime.stateOrders()).ifPresent(viewTime::restore);
    return Optional.of(viewTime);
  }

  private static FreshetException withoutWatermark(String view, String table) {
    return new FreshetException(
        ErrorCode.NOT_FOUND,
        "Cannot create " + view + ": there is no table " + table + " with a watermark.");
  }

  /** A changed plan shares nothing with what it was: all of it starts with the tables' content. */
  static String identity(String view, long since, Plan plan) {
    int text = PlanText.fingerprint(plan).hashCode();
    return view + " since " + since + " as " + Integer.toHexString(text);
  }

  void removeTable(String table) {
    time.removeTable(table);
  }

  void removeView(String view) {
    time.removeView(view);
  }

  void pass(long position, long processingMicros) {
    time.pass(position, processingMicros);
  }

  void follow(TableChanges changes) {
    time.follow(changes);
  }

  /**
   * Gives the step's single changes and watermarks to the operators that wait for them.
   *
   * @return the single changes, by table
   */
  Map<String, Arrivals> offer(
      long step, Map<String, Relation.Table> tables, Collection<Relation.View> views) {
    time.settle();
    Map<String, Arrivals> arrivals = new HashMap<>();
    for (String table : time.tables().keySet()) {
      Relation.Table found = tables.get(table);
      if (found != null) {
        arrivals.put(table, found.input().takeArrivals());
      }
    }
    for (Relation.View view : views) {
      for (ArrivalsNode node : view.output().arrivals()) {
        Arrivals single = arrivals.get(node.table());
        if (single != null) {
          node.offer(single, step);
        }
      }
      view.output().watermarks().forEach(WatermarkNode::offer);
    }
    return arrivals;
  }

  void forgetSavedState() {
    saved = (_, _) -> Optional.empty();
  }

  void endStep(long step) {
    forgetSavedState();
    time.endStep(step);
  }

  /** Gives all state with the names by which it is found again. */
  void forEachState(BiConsumer<String, List<RunList>> sink) {
    time.forEachState(
        (identity, table) -> sink.accept(key(identity, table.declared()), table.state()));
    time.views().forEach(view -> sink.accept(key(view), view.state()));
  }

  private static String key(String table, Watermark declared) {
    return "time of " + table + " by " + declared.column();
  }

  private static String key(ViewTime view) {
    return "time of " + view.identity();
  }

  /** How far the tables and the final ones of the views have come. */
  List<RelationTime> of(Collection<Relation.View> views) {
    List<RelationTime> times = new ArrayList<>();
    time.tables()
        .forEach((table, tableTime) ->
            times.add(
                new RelationTime(
                    table,
                    tableTime.watermark(),
                    tableTime.isIdle() ? Activity.IDLE : Activity.ACTIVE,
                    0,
                    0)));
    for (Relation.View view : views) {
      time.view(view.name())
          .ifPresent(viewTime ->
              times.add(
                  new RelationTime(
                      view.name(),
                      viewTime.watermark(),
                      Activity.ACTIVE,
                      view.output().lateChanges(),
                      view.output().aheadChanges())));
    }
    return List.copyOf(times);
  }

  /** The tables whose single changes the plan reads. */
  static Set<String> arriving(Plan plan) {
    Set<String> tables = new TreeSet<>();
    collect(plan, tables);
    return tables;
  }

  private static void collect(Plan plan, Set<String> tables) {
    if (plan instanceof Plan.Arrivals arrivals) {
      tables.add(arrivals.relation());
    }
    plan.inputs().forEach(input -> collect(input, tables));
  }
}
