package dev.freshet.capture.postgres;

import dev.freshet.capture.SourceTable;
import dev.freshet.capture.postgres.PgConnection.Purpose;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.port.Scheduler.Task;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Has the server make a snapshot of tables, which may have to wait for transactions that are open
 * there. Once it is done, its results belong to who reads them.
 */
final class SidePreparation implements Task {
  private final ServerAddress address;
  private final Startup startup;
  private final List<SourceTable> known;
  private final Set<String> names;
  private final Runnable whenDone;
  private volatile boolean isAborted;
  private volatile @Nullable PgConnection replication;
  private volatile @Nullable PgConnection queries;
  private volatile @Nullable Server server;
  private volatile @Nullable SnapshotPlan plan;

  SidePreparation(
      ServerAddress address,
      Startup startup,
      List<SourceTable> known,
      Set<String> names,
      Runnable whenDone) {
    this.address = address;
    this.startup = startup;
    this.known = known;
    this.names = names;
    this.whenDone = whenDone;
  }

  @Override
  public Next run() throws SQLException {
    try {
      PgConnection holder = PgConnection.open(address, Purpose.REPLICATION);
      replication = holder;
      Server found = Server.identify(holder);
      server = found;
      PgConnection asking = PgConnection.open(address, Purpose.QUERIES);
      queries = asking;
      if (!isAborted) {
        plan = startup.prepareBeside(asking, holder, found, known, names);
      }
      return Next.DONE;
    } finally {
      if (isAborted) {
        abort(); // who said so may not have seen a connection yet
      }
      whenDone.run();
    }
  }

  SnapshotPlan plan() {
    return Objects.requireNonNull(plan);
  }

  /** Empty when it has failed. */
  Optional<String> slot() {
    return Optional.ofNullable(plan).map(made -> made.point().slot());
  }

  /** In the snapshot. */
  PgConnection queries() {
    return Objects.requireNonNull(queries);
  }

  /** Holds the snapshot and its slot. */
  PgConnection replication() {
    return Objects.requireNonNull(replication);
  }

  Server server() {
    return Objects.requireNonNull(server);
  }

  /** As {@link #abort}, of a server that may be waiting for open transactions. */
  void cancel() {
    isAborted = true;
    PgConnection holder = replication;
    if (holder != null) {
      holder.cancelQuery();
    }
    abort();
  }

  /** Gives up both connections. From any thread: who waits for the server gets an error. */
  void abort() {
    isAborted = true;
    PgConnection holder = replication;
    if (holder != null) {
      holder.abort();
    }
    PgConnection asking = queries;
    if (asking != null) {
      asking.abort();
    }
  }
}
