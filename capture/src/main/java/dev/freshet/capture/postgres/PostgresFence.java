package dev.freshet.capture.postgres;

import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.capture.Fence;
import dev.freshet.capture.SourceTable;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyOut;

/** The tables in a transaction that sees what the stream has delivered. */
final class PostgresFence implements Fence {
  private static final int PART_ROWS = 4096;

  private static final String SAVEPOINT = "SAVEPOINT before_table";
  private static final String KEEP = "RELEASE " + SAVEPOINT;

  /** While changes wait; the stream does not wait for much longer. */
  private static final String TIMEOUTS_HELD =
      "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '4s'";

  private static final String TIMEOUTS_RELEASED =
      "SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = 0";

  private final PostgresCapture capture;
  private final PostgresConfig config;
  private final ServerAddress address;
  private final Clock clock;
  private final PgConnection connection;
  private final StreamFence fence;
  private final StreamFence.Held held;
  private final SourceSnapshot snapshot;
  private final Startup startup;
  private final long pausedNanos;
  private Startup.@Nullable Found found;

  /** Not tried again for the next table: it may have waited for a lock. */
  private @Nullable FreshetException notFound;

  private long heldNanos = -1;

  /** Whether the connection is in the middle of a copy. */
  private boolean copying;

  /**
   * @param connection in the transaction; belongs to the fence
   * @param pausedNanos since when changes wait
   */
  PostgresFence(
      PostgresCapture capture,
      PostgresConfig config,
      ServerAddress address,
      Clock clock,
      Startup startup,
      PgConnection connection,
      StreamFence fence,
      StreamFence.Held held,
      SourceSnapshot snapshot,
      long pausedNanos) {
    this.capture = capture;
    this.config = config;
    this.address = address;
    this.clock = clock;
    this.connection = connection;
    this.fence = fence;
    this.held = held;
    this.snapshot = snapshot;
    this.startup = startup;
    this.pausedNanos = pausedNanos;
  }

  /** Bounds how long the server may take while changes wait. */
  static void boundWaits(PgConnection reading) throws SQLException {
    reading.execute(TIMEOUTS_HELD);
  }

  @Override
  public String position() {
    return Lsn.text(snapshot.walEnd());
  }

  @Override
  public SourceTable table(String name) {
    return part(name).shape().toSourceTable();
  }

  @Override
  public void read(String table, Consumer<TableChanges> sink) {
    SnapshotPlan.Part part = part(table);
    read(part, part.copyStatement(), sink);
  }

  @Override
  public void read(String table, Batch keys, Consumer<TableChanges> sink) {
    SnapshotPlan.Part part = part(table);
    if (keys.rowCount() > 0) {
      read(part, part.copyStatement(KeyCondition.of(part.shape(), keys)), sink);
    }
  }

  /** What goes wrong with one table does not end the transaction. */
  private void read(SnapshotPlan.Part part, String statement, Consumer<TableChanges> sink) {
    String what = "read " + part.shape().origin();
    try {
      connection.execute(SAVEPOINT);
      copy(part.shape(), statement, sink);
      SameRows.require(connection, part.shape(), "compare");
      connection.execute(KEEP);
    } catch (SQLException e) {
      try {
        connection.execute("ROLLBACK TO " + SAVEPOINT);
        copying = false;
      } catch (SQLException lost) {
        e.addSuppressed(lost);
      }
      throw PgErrors.of(what, address, e);
    }
  }

  /** Not before they are asked for: changes wait meanwhile. */
  private Startup.Found found() {
    Startup.Found known = found;
    if (notFound != null) {
      throw notFound;
    }
    if (known == null) {
      try {
        known = startup.found(connection);
      } catch (SQLException e) {
        notFound = PgErrors.of("read the tables' columns", address, e);
        throw notFound;
      }
      found = known;
    }
    return known;
  }

  private SnapshotPlan.Part part(String table) {
    List<SourceTable> streamed = held.shapes().stream().map(TableShape::toSourceTable).toList();
    if (streamed.stream().noneMatch(each -> each.name().equals(table))) {
      throw new FreshetException(
          ErrorCode.SOURCE_MISCONFIGURED,
          "Cannot compare table "
              + table
              + ": it is paused, or has not been read yet. If it is paused, first: freshet source resume "
              + config.name()
              + " "
              + table);
    }
    return startup.part(found(), table, streamed);
  }

  private void copy(TableShape shape, String statement, Consumer<TableChanges> sink)
      throws SQLException {
    TableBuffer buffer = new TableBuffer(shape);
    CopiedRows rows = new CopiedRows(shape);
    int bytes = 0;
    copying = true;
    CopyOut copy = connection.copies().copyOut(statement);
    for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
      rows.append(message, buffer);
      bytes += message.length;
      if (buffer.rowCount() >= PART_ROWS || bytes >= config.limits().partBytes()) {
        sink.accept(buffer.take());
        bytes = 0;
      }
    }
    copying = false;
    if (buffer.rowCount() > 0) {
      sink.accept(buffer.take());
    }
  }

  @Override
  public void correct(List<TableChanges> corrections) {
    long now = clock.wallMicros();
    ChangeSet changes =
        new ChangeSet(config.name(), held.position().encode(), now, now, 0, Part.LAST, corrections);
    if (fence.offer(capture.delivery(), changes) == Answer.FULL) {
      throw new FreshetException(
          ErrorCode.DISK_FULL,
          "Cannot correct rows of source "
              + config.name()
              + ": the log has no room. Free some"
              + " space, and try again.");
    }
  }

  @Override
  public void release() {
    try {
      fence.release();
    } finally {
      letGo();
    }
    try {
      connection.execute(TIMEOUTS_RELEASED);
    } catch (SQLException e) {
      throw PgErrors.of("read the tables", address, e);
    }
  }

  @Override
  public long heldMillis() {
    long nanos = heldNanos < 0 ? clock.nanos() - pausedNanos : heldNanos;
    return nanos / 1_000_000;
  }

  private void letGo() {
    heldNanos = heldNanos < 0 ? clock.nanos() - pausedNanos : heldNanos;
    capture.fences().close(fence);
    capture.wake();
  }

  @Override
  public void close() {
    fence.end("it was closed");
    letGo();
    if (copying) {
      connection.abort();
    } else {
      connection.close();
    }
  }

  /** From any thread: who reads gets an error. */
  void abort() {
    connection.abort();
  }
}
