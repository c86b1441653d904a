package dev.freshet.capture.postgres;

import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.capture.postgres.PgConnection.Purpose;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.port.Scheduler.Task;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyOut;

/** Reads one slice after the other over its own connection, all in the exported snapshot. */
final class SnapshotWorker implements Task {
  private static final int ROWS_A_RUN = 4096;
  private static final int WAIT_MILLIS = 50;

  /** A small database is read in less, so no further connection is worth its login. */
  private static final long FURTHER_AFTER_MILLIS = 100;

  private final SnapshotRun run;
  private volatile @Nullable PgConnection connection;
  private @Nullable CopyOut copy;
  private @Nullable TableBuffer buffer;
  private @Nullable Slice slice;
  private long sliceRows;
  private @Nullable ChangeSet pending;
  private @Nullable CopiedRows rows;
  private int bufferedBytes;
  private boolean waits;
  private boolean inSnapshot;

  /** Object ids of the tables that nobody can rewrite while this connection is open. */
  private final Set<Integer> locked = new HashSet<>();

  private SnapshotWorker(SnapshotRun run, @Nullable PgConnection connection) {
    this.run = run;
    this.connection = connection;
    this.waits = connection == null;
    this.inSnapshot = connection != null;
  }

  /** Takes the connection over, which is in the snapshot, and begins at once. */
  static SnapshotWorker first(SnapshotRun run, PgConnection connection) {
    return new SnapshotWorker(run, connection);
  }

  /** Waits a while, and opens a connection when slices are left then. */
  static SnapshotWorker further(SnapshotRun run) {
    return new SnapshotWorker(run, null);
  }

  @Override
  public Next run() throws SQLException {
    try {
      return work();
    } catch (SQLException e) {
      throw blamed(e);
    } catch (FreshetException e) {
      throw blamed(e);
    }
  }

  private SQLException blamed(SQLException e) {
    Slice of = slice;
    if (of != null && run.plan().kind() == SnapshotPlan.Kind.BESIDE) {
      TableShape table = of.part().shape();
      throw TableTrouble.of(table.name(), "read " + table.origin(), run.address(), e);
    }
    return e;
  }

  private RuntimeException blamed(FreshetException e) {
    Slice of = slice;
    boolean isItsOwn = of != null && run.plan().kind() == SnapshotPlan.Kind.BESIDE;
    return isItsOwn && run.hasSink()
        ? new TableTrouble(Objects.requireNonNull(of).part().shape().name(), e)
        : e;
  }

  private Next work() throws SQLException {
    ChangeSet refused = pending;
    if (refused != null) {
      if (run.offer(Objects.requireNonNull(slice), refused) == Answer.FULL) {
        return Next.afterMillis(SnapshotRun.FULL_RETRY_MILLIS);
      }
      pending = null;
      return copy == null ? endSlice() : Next.NOW;
    }
    if (waits && run.hasNext()) {
      waits = false;
      return Next.afterMillis(FURTHER_AFTER_MILLIS);
    }
    if (connection == null && !run.hasNext()) {
      return end();
    }
    PgConnection open = begun();
    CopyOut reading = copy;
    if (reading == null) {
      return beginSlice(open);
    }
    return read(open, reading);
  }

  /** The connection, in the snapshot. */
  private PgConnection begun() throws SQLException {
    PgConnection open = connection;
    if (open == null) {
      open = PgConnection.open(run.address(), Purpose.QUERIES);
      connection = open;
    }
    if (!inSnapshot) {
      if (run.plan().kind() == SnapshotPlan.Kind.BESIDE) {
        open.execute(Startup.BOUND_LOCKS);
      }
      run.plan().point().enter(open);
      inSnapshot = true;
    }
    return open;
  }

  private Next beginSlice(PgConnection open) throws SQLException {
    Slice next = run.next();
    if (next == null) {
      open.close();
      connection = null;
      return end();
    }
    slice = next;
    if (locked.add(next.relation())) {
      open.execute(next.part().lockStatement());
      SameRows.require(open, next.part().shape(), "read");
    }
    sliceRows = 0;
    buffer = new TableBuffer(next.part().shape());
    rows = new CopiedRows(next.part().shape());
    copy = open.copies().copyOut(next.copyStatement());
    return Next.NOW;
  }

  private Next end() {
    run.workerDone();
    return Next.DONE;
  }

  private Next read(PgConnection open, CopyOut reading) throws SQLException {
    TableBuffer into = Objects.requireNonNull(buffer);
    for (int i = 0; i < ROWS_A_RUN; i++) {
      byte[] message = reading.readFromCopy(false);
      if (message != null) {
        Objects.requireNonNull(rows).append(message, into);
        bufferedBytes += message.length;
        if (run.isPartFull(into.rowCount(), bufferedBytes)) {
          return hand(into);
        }
      } else if (!reading.isActive()) {
        copy = null;
        return into.rowCount() > 0 || run.keeps(Objects.requireNonNull(slice))
            ? hand(into)
            : endSlice();
      } else if (!open.awaitInput(WAIT_MILLIS)) {
        return Next.NOW;
      }
    }
    return Next.NOW;
  }

  private Next hand(TableBuffer full) {
    Slice of = Objects.requireNonNull(slice);
    ChangeSet part = copy == null ? run.lastPartOf(of, full.take()) : run.partOf(full.take());
    bufferedBytes = 0;
    sliceRows += part.rowCount();
    if (run.offer(of, part) == Answer.FULL) {
      pending = part;
      return Next.afterMillis(SnapshotRun.FULL_RETRY_MILLIS);
    }
    return copy == null ? endSlice() : Next.NOW;
  }

  private Next endSlice() {
    run.sliceDone(Objects.requireNonNull(slice), sliceRows);
    slice = null;
    return Next.NOW;
  }

  /** Drops the connection. Only after the task has ended. */
  void abort() {
    PgConnection open = connection;
    if (open != null) {
      open.abort();
    }
  }
}
