package dev.freshet.debezium;

import dev.freshet.capture.SourceTable;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.debezium.Origin.Shapes;
import dev.freshet.debezium.history.SchemaHistories;
import dev.freshet.debezium.inside.StoredSchemaHistory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads one table by a connector of its own: all rows as of a place of the server's log, and what
 * changed from there on. It connects and ends in tasks of its own, which may take a while; the rest
 * is the capture's task's.
 *
 * <pre>
 *   log of the server   ----S------D-----P---->
 *   this                    | rows |     |         has all of the table's changes up to D, and
 *                           | and changes          knows that there are none from D to P
 * </pre>
 */
final class SideRead implements AutoCloseable {
  private static final AtomicLong NEXT = new AtomicLong();

  private final DebeziumSource source;
  private final Scheduler scheduler;
  private final Clock clock;
  private final String task = "capture-side-" + NEXT.incrementAndGet();
  private final Assembler assembler;
  private final Origin origin;
  private final String table;
  private final Queue<SourceRecord> waiting = new ArrayDeque<>();
  private @Nullable Place last;

  /** Whether changes have come whose place has not. */
  private boolean isAhead = true;

  private final String history = SchemaHistories.register(new HistoryOfProcess());
  private long rows;
  private long heardNanos;
  private long polledNanos;
  private @Nullable ConnectorRun run; // guarded by this
  private @Nullable Throwable failure; // guarded by this
  private boolean isClosed; // guarded by this

  /** Shapes of a table that is read once need not last. */
  private static final class HistoryOfProcess implements SchemaHistories.Store {
    private final List<String> lines = new ArrayList<>();

    @Override
    public synchronized void append(String line) {
      lines.add(line);
    }

    @Override
    public synchronized List<String> lines() {
      return List.copyOf(lines);
    }
  }

  /**
   * Begins to connect.
   *
   * @param known the table as the source knows it
   * @param wake lets the capture's task go on when it is connected
   */
  SideRead(
      DebeziumSource source, Scheduler scheduler, Clock clock, SourceTable known, Runnable wake) {
    this.source = source;
    this.scheduler = scheduler;
    this.clock = clock;
    this.table = known.name();
    this.origin = source.originOf(known);
    this.assembler =
        new Assembler(
            name(source),
            clock,
            Map.of(known.origin(), table),
            List.of(known),
            Position.NOTHING,
            () -> 0,
            origin.form());
    scheduler.start(
        task,
        () -> {
          connect();
          wake.run();
          return Next.DONE;
        });
  }

  /** Under which the log has what is read, until it is whole. */
  static String name(DebeziumSource source) {
    return source.name() + "/tables";
  }

  String table() {
    return table;
  }

  /** How many rows of the table, and changes of them, have come. */
  long rows() {
    return rows;
  }

  private void connect() {
    ConnectorRun made = null;
    Throwable failed = null;
    try {
      ConnectorLoader loader = source.loader();
      Map<String, String> configuration =
          new HashMap<>(origin.configuration(source.checkOf(origin), Shapes.KNOWN));
      configuration.put("schema.history.internal", StoredSchemaHistory.class.getName());
      configuration.put(StoredSchemaHistory.ID, history);
      configuration.put("schema.history.internal.store.only.captured.tables.ddl", "true");
      made = ConnectorRun.start(loader, origin.connectorClass(), configuration, Map.of());
    } catch (Exception | Error e) {
      failed = e; // told when the capture's task asks
    }
    synchronized (this) {
      failure = failed;
      heardNanos = clock.nanos();
      if (made != null && !isClosed) {
        run = made;
        return;
      }
    }
    if (made != null) {
      made.close();
    }
    SchemaHistories.forget(history);
  }

  /** The connector, once it is connected. */
  private synchronized @Nullable ConnectorRun run() {
    if (failure != null) {
      throw origin.error(failure);
    }
    return run;
  }

  /** The place up to which it has what changed; null while it does not have all rows. */
  @Nullable Place last() {
    return last;
  }

  /** The place up to which it knows what changed; null where that is nowhere. */
  @Nullable Place known() {
    return isAhead ? null : assembler.between();
  }

  /** The table as it came last. */
  SourceTable shape() {
    SourceTable shape = assembler.table(table);
    if (shape == null) {
      throw new IllegalStateException("the table was given");
    }
    return shape;
  }

  /**
   * Goes on to the next place, or to where nothing has come yet; false then.
   *
   * @param sink takes the rows, as parts
   */
  boolean advance(Consumer<ChangeSet> sink) throws InterruptedException {
    if (waiting.isEmpty() && !poll()) {
      return false;
    }
    while (!waiting.isEmpty()) {
      assembler.accept(waiting.remove());
      for (ChangeSet next = assembler.poll(); next != null; next = assembler.poll()) {
        rows += next.rowCount();
        isAhead = true;
        sink.accept(next);
      }
      Place place = assembler.between();
      if (place != null) {
        last = isAhead ? place : last;
        isAhead = false;
        return true;
      }
    }
    return true;
  }

  private boolean poll() throws InterruptedException {
    ConnectorRun connected = run();
    if (connected == null) {
      return false;
    }
    waiting.addAll(connected.poll());
    long now = clock.nanos();
    long silence = source.pace().silence().toNanos();
    boolean wasLeft = now - polledNanos > silence / 2;
    polledNanos = now;
    if (!waiting.isEmpty() || last == null || wasLeft) {
      heardNanos = now;
    } else if (now - heardNanos > silence) {
      throw new FreshetException(
          ErrorCode.SOURCE_UNREACHABLE,
          "Lost the connection to " + origin.label() + " that reads the table.");
    }
    return !waiting.isEmpty();
  }

  /** What a failure of its connector means. */
  FreshetException error(Throwable e) {
    return origin.error(e);
  }

  /** Ends the connector, in a task of its own. */
  @Override
  public void close() {
    ConnectorRun running;
    synchronized (this) {
      isClosed = true;
      running = run;
      run = null;
    }
    if (running != null) {
      scheduler.start(
          task + "-end",
          () -> {
            running.close();
            SchemaHistories.forget(history);
            return Next.DONE;
          });
    }
  }
}
