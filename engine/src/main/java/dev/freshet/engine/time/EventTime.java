package dev.freshet.engine.time;

import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The time of all tables with a watermark and of the views that wait for it, moment by moment. One
 * thread owns it.
 */
public final class EventTime {
  private final Map<String, Timed> tables = new LinkedHashMap<>();
  private final Map<String, ViewTime> views = new LinkedHashMap<>();
  private final List<ViewTime> unnamed = new ArrayList<>();
  private long position;

  private static final class Timed {
    private final String identity;
    private final TableTime time;
    private final int column;

    /** How many changes the step has so far. */
    private int changes;

    Timed(String identity, TableTime time, int column) {
      this.identity = identity;
      this.time = time;
      this.column = column;
    }
  }

  public EventTime(long position) {
    this.position = position;
  }

  /**
   * @param identity tells the table from earlier ones of its name
   */
  public void add(String table, String identity, TableTime time, Schema schema) {
    tables.put(table, new Timed(identity, time, schema.indexOf(time.declared().column())));
  }

  public void removeTable(String table) {
    tables.remove(table);
  }

  /** Adds a view that starts now. */
  public void add(String view, ViewTime time) {
    views.put(view, time);
    start(time);
  }

  private void start(ViewTime time) {
    tables.forEach((table, timed) -> time.tag(table, timed.changes));
    time.update(position);
  }

  public void removeView(String view) {
    views.remove(view);
  }

  /** Adds a view that starts now, and has its name later. */
  public void begin(ViewTime time) {
    unnamed.add(time);
    start(time);
  }

  /** Gives a view its name that {@link #begin} was told of. */
  public void name(String view, ViewTime time) {
    forget(time);
    views.put(view, time);
  }

  /** Forgets a view that never got its name. */
  public void forget(ViewTime time) {
    unnamed.remove(time);
  }

  public Optional<TableTime> table(String table) {
    return Optional.ofNullable(tables.get(table)).map(timed -> timed.time);
  }

  public Map<String, TableTime> tables() {
    Map<String, TableTime> times = new LinkedHashMap<>();
    tables.forEach((name, timed) -> times.put(name, timed.time));
    return times;
  }

  /** Gives each table's identity and time. */
  public void forEachState(BiConsumer<String, TableTime> sink) {
    tables.values().forEach(timed -> sink.accept(timed.identity, timed.time));
  }

  public Collection<ViewTime> views() {
    return views.values();
  }

  public Optional<ViewTime> view(String view) {
    return Optional.ofNullable(views.get(view));
  }

  /**
   * Begins a moment: what comes until the next one comes at once, and is judged by what came
   * before.
   */
  public void pass(long newPosition, long processingMicros) {
    position = Math.max(position, newPosition);
    for (Timed table : tables.values()) {
      table.time.pass(position, processingMicros);
    }
    updateViews();
  }

  /** Ends the last moment of a step. */
  public void settle() {
    updateViews();
  }

  /** Follows a table's changes. */
  public void follow(TableChanges changes) {
    Timed table = tables.get(changes.table());
    if (table == null) {
      return;
    }
    Vector column = changes.rows().column(table.column);
    long[] times = ((LongVector) column).values();
    table.changes += changes.rowCount();
    forEachView(view -> view.tag(changes.table(), changes.rowCount()));
    for (int row = 0; row < changes.rowCount(); row++) {
      Operation operation = changes.operation(row);
      boolean brings =
          switch (operation) {
            case INSERT, UPDATE, SNAPSHOT ->
                !column.isNull(row) && !changes.isMissing(table.column, row);
            case DELETE, TRUNCATE -> false;
          };
      table.time.see(operation, brings ? times[row] : TableTime.NONE);
    }
  }

  private void forEachView(Consumer<ViewTime> action) {
    views.values().forEach(action);
    unnamed.forEach(action);
  }

  private void updateViews() {
    forEachView(view -> view.update(position));
  }

  /** Forgets what the step's changes met. */
  public void endStep(long newPosition) {
    position = Math.max(position, newPosition);
    tables.values().forEach(table -> table.changes = 0);
    forEachView(ViewTime::endStep);
  }
}
