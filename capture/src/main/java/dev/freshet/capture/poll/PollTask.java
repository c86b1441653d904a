package dev.freshet.capture.poll;

import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceHistory;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.SourceTable;
import dev.freshet.capture.jdbc.Connector;
import dev.freshet.capture.jdbc.JdbcErrors;
import dev.freshet.capture.jdbc.Session;
import dev.freshet.capture.poll.PollPosition.Progress;
import dev.freshet.capture.poll.TableReading.Question;
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
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Asks for one table after the other when their time has come, and delivers each answer as one
 * transaction, in parts where it is large. After a failure the answer is asked for again, and parts
 * of it that were delivered are declared void. A table that fails keeps no other from being asked.
 */
final class PollTask implements Scheduler.Task {
  private static final int PART_ROWS = 10_000;
  private static final long FULL_RETRY_MILLIS = 100;
  private static final String ASK = "ask for what has changed";

  private final PollSettings settings;
  private final Session session;
  private final Connector connector;
  private final PausedTables paused;
  private final Clock clock;
  private final ChangeSink sink;
  private final PollCounters counters;
  private final Turns turns;
  private final SourceHistory history;
  private final Map<String, SourceTable> known = new HashMap<>();
  private final Map<String, PolledTable> described = new HashMap<>();
  private final Map<String, SeenRows> seen = new HashMap<>();
  private PollPosition position;
  private boolean isHalf;
  private @Nullable TableReading reading;
  private long askedMicros;
  private @Nullable ChangeSet pending;

  /** Of the answer whose last part is pending. */
  private @Nullable TableReading answered;

  private @Nullable Throwable sinkFailure;

  PollTask(
      PollSettings settings,
      Connector connector,
      PausedTables paused,
      Clock clock,
      Resume resume,
      ChangeSink sink,
      PollCounters counters) {
    this.settings = settings;
    this.session = new Session(connector);
    this.connector = connector;
    this.paused = paused;
    this.clock = clock;
    this.sink = sink;
    this.counters = counters;
    this.turns =
        new Turns(
            settings.tables().stream().map(PollSettings.Table::name).toList(),
            settings.every(),
            clock);
    switch (resume) {
      case Resume.FromNothing _ -> {
        this.position = PollPosition.BEGINNING;
        this.history = SourceHistory.NONE;
      }
      case Resume.After after -> {
        this.position =
            PollPosition.read(after.position())
                .only(
                    settings.tables().stream()
                        .map(PollSettings.Table::name)
                        .collect(Collectors.toSet()));
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
    } catch (ShapeChanged e) {
      String table = Objects.requireNonNull(turns.current());
      described.remove(table); // asked anew, its new columns are seen
      giveUp();
      return Next.NOW;
    } catch (SQLException e) {
      return failed(JdbcErrors.of(ASK, settings.address(), connector, e));
    } catch (FreshetException e) {
      if (sinkFailure != null) {
        throw e;
      }
      return failed(e);
    } catch (RuntimeException | LinkageError e) {
      if (sinkFailure != null) {
        throw e;
      }
      return failed(JdbcErrors.of(ASK, settings.address(), connector, e));
    }
  }

  private Next failed(FreshetException e) {
    giveUp();
    boolean helps = e.code().retry() == ErrorCode.Retry.HELPS;
    counters.failed(
        turns.current(),
        helps ? State.WAITING_TO_RETRY : State.FAILED,
        String.valueOf(e.getMessage()));
    turns.failed(helps);
    return turns.next();
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
    try {
      if (sink.offer(changes) == Answer.FULL) {
        return false;
      }
    } catch (RuntimeException | Error e) {
      sinkFailure = e; // it may have been taken before, and would be there twice
      counters.failed(null, State.FAILED, String.valueOf(e.getMessage()));
      throw e;
    }
    pending = null;
    isHalf = changes.part() == Part.MORE;
    counters.delivered(changes);
    TableReading whole = answered;
    if (whole != null) {
      answered = null;
      took(whole, PollPosition.read(changes.position()));
    }
    return true;
  }

  /** Asks for the first table whose time has come. */
  private Next ask() throws SQLException {
    Set<String> leftAlone = paused.now();
    paused.noticed(leftAlone);
    leftAlone.forEach(counters::leftAlone);
    String name = turns.begin();
    if (name == null) {
      return turns.next();
    }
    if (leftAlone.contains(name)) {
      turns.ended();
      return Next.NOW;
    }
    PollSettings.Table table =
        settings.tables().stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow();
    counters.connecting(!session.isOpen());
    var open = session.connection();
    PolledTable shape = described.get(name);
    if (shape == null) {
      shape = describe(table);
    }
    Progress progress = position.tables().get(name);
    boolean isOther = progress != null && !progress.markOf().equals(shape.markOf());
    boolean isFirst = progress == null || isOther;
    long mark = progress == null || isOther ? SeenRows.NO_MARK : progress.mark();
    askedMicros = clock.wallMicros();
    Question question =
        new Question(
            mark == SeenRows.NO_MARK ? mark : shape.mark().lowerBound(mark, table),
            shape.mark().cap(askedMicros),
            isFirst ? Operation.SNAPSHOT : Operation.INSERT,
            isOther);
    if (isOther) {
      seen.put(name, new SeenRows());
    }
    counters.asks(isFirst);
    reading = TableReading.ask(open, shape, seen(shape), question);
    return Next.NOW;
  }

  private SeenRows seen(PolledTable table) {
    return Objects.requireNonNull(seen.get(table.table().name()));
  }

  private PolledTable describe(PollSettings.Table table) throws SQLException {
    PolledTable shape = PolledTable.describe(session.connection(), table, 1);
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
    if (progress != null && progress.markOf().equals(shape.markOf())) {
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
    String name = under.table().table().name();
    PollPosition next = position.with(name, progress(under, isEmpty && !isHalf));
    boolean isFirst = !position.tables().containsKey(name);
    reading = null;
    session.endQuestion(under.statement());
    if (!isEmpty || isHalf || isFirst) {
      pending = changes(Part.LAST, next, tables);
      answered = under;
    } else {
      took(under, new PollPosition(position.deliveries(), next.tables()));
    }
  }

  /**
   * How far the table is read with this answer.
   *
   * @param isQuiet whether it brought nothing new
   */
  private Progress progress(TableReading under, boolean isQuiet) {
    PolledTable table = under.table();
    long mark = mark(under);
    long bound = mark == SeenRows.NO_MARK ? mark : table.mark().lowerBound(mark, table.table());
    SeenRows rows = seen(table);
    long since = rows.sinceMicros(bound, askedMicros);
    return new Progress(table.markOf(), mark, isQuiet ? since : Math.min(since, askedMicros));
  }

  private long mark(TableReading under) {
    Progress before = position.tables().get(under.table().table().name());
    return before == null || !before.markOf().equals(under.table().markOf())
        ? under.highest()
        : Math.max(before.mark(), under.highest());
  }

  /** All of an answer is delivered. */
  private void took(TableReading under, PollPosition next) {
    PolledTable table = under.table();
    SeenRows rows = seen(table);
    long mark = Objects.requireNonNull(next.tables().get(table.table().name())).mark();
    rows.delivered(askedMicros, under.highest());
    if (mark != SeenRows.NO_MARK) {
      rows.forgetBelow(table.mark().lowerBound(mark, table.table()));
    }
    position = next;
    turns.ended();
    counters.delivered(position);
    counters.ended(table.table().name(), mark == SeenRows.NO_MARK ? "" : table.mark().text(mark));
  }

  /** A first reading finds all rows, in any order; only those near the end are found again. */
  private void forgetWhatIsTooMuch(TableReading under) {
    SeenRows rows = seen(under.table());
    if (rows.isFull() && under.highest() != SeenRows.NO_MARK) {
      rows.forgetBelow(under.table().mark().lowerBound(under.highest(), under.table().table()));
    }
  }

  private ChangeSet changes(Part part, PollPosition at, List<TableChanges> tables) {
    long now = clock.wallMicros();
    return new ChangeSet(settings.name(), at.toBytes(), now, now, at.deliveries(), part, tables);
  }

  /** What was read of an answer and not delivered counts as never read. */
  private void giveUp() {
    session.release();
    if (reading != null) {
      seen(reading.table()).withdraw();
      reading = null;
      pending = null;
    }
  }

  /** Gives up the connection for good. From any thread, to end a question that hangs. */
  void close() {
    session.close();
  }
}
