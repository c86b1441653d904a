package dev.freshet.capture.poll;

import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceHistory;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.SourceTable;
import dev.freshet.capture.poll.PollPosition.Progress;
import dev.freshet.capture.poll.TableReading.ShapeChanged;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.retry.Backoff;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks for one table after the other when their time has come, and delivers each answer as one
 * transaction, in parts where it is large. After a failure the answer is asked for again, and parts
 * of it that were delivered are declared void.
 */
final class PollTask implements Scheduler.Task {
  private static final int PART_ROWS = 10_000;
  private static final long FULL_RETRY_MILLIS = 100;
  private static final int VALID_SECONDS = 5;

  private final PollSettings settings;
  private final Connector connector;
  private final Clock clock;
  private final ChangeSink sink;
  private final PollCounters counters;
  private final SourceHistory history;
  private final Map<String, SourceTable> known = new HashMap<>();
  private final Map<String, PolledTable> described = new HashMap<>();
  private final Map<String, SeenRows> seen = new HashMap<>();
  private final Map<String, Long> dueNanos = new HashMap<>();
  private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30));

  /** For what is not mended by waiting: someone has to do something first. */
  private final Backoff patience = new Backoff(Duration.ofSeconds(10), Duration.ofMinutes(5));

  private PollPosition position;
  private boolean isHalf;
  private volatile @Nullable Connection connection;
  private @Nullable TableReading reading;
  private long askedMicros;
  private @Nullable ChangeSet pending;

  PollTask(
      PollSettings settings,
      Connector connector,
      Clock clock,
      Resume resume,
      ChangeSink sink,
      PollCounters counters) {
    this.settings = settings;
    this.connector = connector;
    this.clock = clock;
    this.sink = sink;
    this.counters = counters;
    switch (resume) {
      case Resume.FromNothing _ -> {
        this.position = PollPosition.BEGINNING;
        this.history = SourceHistory.NONE;
      }
      case Resume.After after -> {
        this.position = PollPosition.read(after.position());
        this.history = after.history();
        this.isHalf = after.part() == Part.MORE;
        after.tables().forEach(table -> known.put(table.name(), table));
      }
    }
    counters.delivered(position);
    counters.acknowledged(position);
  }

  @Override
  public Next run() {
    try {
      return work();
    } catch (SQLException e) {
      return failed(PollErrors.of("ask for what has changed", settings.address(), e));
    } catch (ShapeChanged e) {
      TableReading ended = reading;
      described.clear(); // asked anew, its new columns are seen
      giveUp(ended);
      return Next.NOW;
    } catch (FreshetException e) {
      return failed(e);
    }
  }

  private Next failed(FreshetException e) {
    giveUp(reading);
    release();
    if (e.code().retry() == ErrorCode.Retry.HELPS) {
      counters.failed(State.WAITING_TO_RETRY, String.valueOf(e.getMessage()));
      return Next.afterMillis(backoff.nextMillis());
    }
    counters.failed(State.FAILED, String.valueOf(e.getMessage()));
    return Next.afterMillis(patience.nextMillis());
  }

  private Next work() throws SQLException {
    if (pending == null && reading == null && isHalf) {
      pending = changes(Part.RESTART, position, List.of());
    }
    if (pending != null) {
      return deliver(pending) ? Next.NOW : Next.afterMillis(FULL_RETRY_MILLIS);
    }
    TableReading under = reading;
    if (under != null) {
      read(under);
      return Next.NOW;
    }
    return ask();
  }

  private boolean deliver(ChangeSet changes) {
    if (sink.offer(changes) == Answer.FULL) {
      return false;
    }
    pending = null;
    isHalf = changes.part() == Part.MORE;
    if (changes.part() == Part.LAST) {
      position = PollPosition.read(changes.position());
    }
    counters.delivered(changes);
    counters.delivered(position);
    return true;
  }

  /** Asks for the first table whose time has come. */
  private Next ask() throws SQLException {
    long now = clock.nanos();
    long wait = Long.MAX_VALUE;
    for (PollSettings.Table table : settings.tables()) {
      long due = dueNanos.getOrDefault(table.name(), now) - now;
      if (due <= 0) {
        ask(table);
        return Next.NOW;
      }
      wait = Math.min(wait, due);
    }
    return new Next.After(wait);
  }

  private void ask(PollSettings.Table table) throws SQLException {
    Connection open = open();
    PolledTable shape = described.get(table.name());
    if (shape == null) {
      shape = describe(open, table);
    }
    Progress progress = position.tables().get(table.name());
    boolean isFirst = progress == null;
    long mark = progress == null ? Long.MIN_VALUE : progress.mark();
    long bound = mark == Long.MIN_VALUE ? Long.MIN_VALUE : shape.mark().lowerBound(mark, table);
    askedMicros = clock.wallMicros();
    counters.enter(isFirst ? State.SNAPSHOT : State.STREAMING);
    reading =
        TableReading.ask(
            open,
            shape,
            Objects.requireNonNull(seen.get(table.name())),
            bound,
            isFirst ? Operation.SNAPSHOT : Operation.INSERT);
  }

  private Connection open() throws SQLException {
    Connection open = connection;
    if (open != null && open.isValid(VALID_SECONDS)) {
      return open;
    }
    release();
    counters.enter(State.CONNECTING);
    open = connector.open();
    connection = open;
    open.setReadOnly(true);
    open.setAutoCommit(false); // without it some drivers read the whole answer at once
    return open;
  }

  private PolledTable describe(Connection open, PollSettings.Table table) throws SQLException {
    PolledTable shape = PolledTable.describe(open, table, 1);
    SourceTable before = known.get(table.name());
    shape = before == null ? shape : shape.since(before);
    known.put(table.name(), shape.sourceTable());
    described.put(table.name(), shape);
    if (!seen.containsKey(table.name())) {
      seen.put(table.name(), remembered(shape));
    }
    return shape;
  }

  /** What an earlier process delivered, of the rows that the next question finds again. */
  private SeenRows remembered(PolledTable shape) {
    SeenRows rows = new SeenRows();
    Progress progress = position.tables().get(shape.table().name());
    if (progress != null) {
      history.since(
          progress.seenSinceMicros(),
          (_, ingestMicros, changes) -> {
            for (TableChanges each : changes.get().tables()) {
              if (each.table().equals(shape.table().name())
                  && each.rows().schema().equals(shape.schema())) {
                rows.addAll(each, shape.key(), shape.markColumn(), ingestMicros);
              }
            }
          });
      rows.forgetBelow(shape.mark().lowerBound(progress.mark(), shape.table()));
    }
    return rows;
  }

  private void read(TableReading under) throws SQLException {
    TableChanges rows = under.next(PART_ROWS);
    boolean isEmpty = rows.rowCount() == 0 && rows.rejected().isEmpty();
    List<TableChanges> tables = isEmpty ? List.of() : List.of(rows);
    if (!under.isAtEnd()) {
      forgetWhatIsTooMuch(under);
      pending = isEmpty ? null : changes(Part.MORE, position, tables);
      return;
    }
    PollPosition next = position.with(under.table().table().name(), progress(under));
    boolean isFirst = !position.tables().containsKey(under.table().table().name());
    if (!isEmpty || isHalf || isFirst) {
      pending = changes(Part.LAST, next, tables);
    } else {
      position = new PollPosition(position.deliveries(), next.tables());
    }
    end(under);
  }

  private Progress progress(TableReading under) {
    PolledTable table = under.table();
    SeenRows rows = Objects.requireNonNull(seen.get(table.table().name()));
    Progress before = position.tables().get(table.table().name());
    long mark = before == null ? Long.MIN_VALUE : before.mark();
    if (under.highest() != Long.MIN_VALUE) {
      mark = Math.max(mark, table.mark().believed(under.highest(), askedMicros));
    }
    rows.wasRead(askedMicros, under.highest());
    if (mark != Long.MIN_VALUE) {
      rows.forgetBelow(table.mark().lowerBound(mark, table.table()));
    }
    counters.mark(table.table().name(), mark == Long.MIN_VALUE ? "" : table.mark().text(mark));
    return new Progress(mark, rows.sinceMicros(askedMicros));
  }

  /** A first reading finds all rows, in any order; only those near the end are found again. */
  private void forgetWhatIsTooMuch(TableReading under) {
    SeenRows rows = Objects.requireNonNull(seen.get(under.table().table().name()));
    if (rows.isLarge() && under.highest() != Long.MIN_VALUE) {
      long mark = under.table().mark().believed(under.highest(), askedMicros);
      rows.forgetBelow(under.table().mark().lowerBound(mark, under.table().table()));
    }
  }

  /** The answer has been read whole. */
  private void end(TableReading under) throws SQLException {
    under.close();
    reading = null;
    Objects.requireNonNull(connection).rollback(); // nothing was written: the question is over
    dueNanos.put(under.table().table().name(), clock.nanos() + settings.every().toNanos());
    counters.enter(State.STREAMING);
    backoff.reset();
    patience.reset();
  }

  private ChangeSet changes(Part part, PollPosition at, List<TableChanges> tables) {
    long now = clock.wallMicros();
    return new ChangeSet(settings.name(), at.toBytes(), now, now, at.deliveries(), part, tables);
  }

  /** What was read of an answer counts as never read. */
  private void giveUp(@Nullable TableReading under) {
    if (under != null) {
      Objects.requireNonNull(seen.get(under.table().table().name())).wasNotRead();
      try {
        under.close();
      } catch (SQLException e) {
        // the connection goes with it
      }
      release();
    }
    reading = null;
    pending = null;
  }

  /** Gives up the connection. From any thread, to end a question that hangs. */
  void release() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.abort(Runnable::run);
      } catch (SQLException e) {
        // it is gone already
      }
    }
  }
}
