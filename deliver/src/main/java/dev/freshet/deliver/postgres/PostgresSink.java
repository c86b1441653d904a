package dev.freshet.deliver.postgres;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.crash.CrashPoint;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.output.DeliveryGuarantee;
import dev.freshet.deliver.Rows;
import dev.freshet.deliver.Sink;
import dev.freshet.deliver.SinkInput;
import dev.freshet.deliver.SinkPosition;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a table equal to a table or model: rows and the sink's step in one transaction, so each
 * change is there once, whatever crashes.
 *
 * <pre>
 *   BEGIN; move the step on (waits for, and then refuses beside, another that does);
 *   delete keys that are gone; insert or update the others; COMMIT
 * </pre>
 */
public final class PostgresSink implements Sink {
  private static final Duration REPLACE_TIMEOUT = Duration.ofHours(2);

  private static final Duration IDLE_MIN = Duration.ofMinutes(1);

  private final Address address;
  private final Duration timeout;
  private final TableName name;
  private final TargetTable table;
  private final Progress progress;
  private volatile @Nullable Connection connection;
  private volatile boolean closing;

  /** Connects to nothing yet. */
  public PostgresSink(PostgresSettings settings, SinkInput input) {
    this.address = Address.parse(settings.url(), settings.password());
    this.timeout = settings.timeout();
    this.name = TableName.parse(settings.table());
    this.table = new TargetTable(name, input);
    this.progress = new Progress(name, input);
  }

  @Override
  public DeliveryGuarantee guarantee() {
    return DeliveryGuarantee.TRANSACTIONAL;
  }

  @Override
  public boolean remembersPosition() {
    return true;
  }

  /** Each has its own position. */
  @Override
  public String receiver() {
    return "";
  }

  @Override
  public String check() {
    try (Connection session = address.connect(timeout)) {
      if (progress.isThere(session)) {
        progress.requireOwn(session);
      }
      if (!table.isThere(session)) {
        return "reachable, table " + name + " will be created";
      }
      table.requireFits(session);
      return "reachable, table " + name + " fits";
    } catch (SQLException e) {
      throw Errors.of("look at table " + name, address, e);
    }
  }

  @Override
  public Optional<SinkPosition> open() {
    close();
    closing = false;
    try {
      Connection session = address.connect(timeout);
      connection = session;
      if (closing) { // whoever closed meanwhile did not see it
        close();
      }
      session.setAutoCommit(false);
      Optional<SinkPosition> position = prepare(session);
      session.commit();
      return position;
    } catch (SQLException e) {
      close();
      throw Errors.of("open table " + name, address, e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private Optional<SinkPosition> prepare(Connection session) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.execute("SET lock_timeout = " + timeout.toMillis() / 2);
      // A transaction of ours whose end of the line has vanished holds the sink's row.
      statement.execute(
          "SET idle_in_transaction_session_timeout = "
              + Math.max(IDLE_MIN.toMillis(), 2 * timeout.toMillis()));
    }
    if (!progress.isThere(session)) {
      progress.create(session);
    }
    progress.requireOwn(session);
    Optional<SinkPosition> position = progress.read(session);
    if (!table.isThere(session)) {
      table.create(session);
      progress.forget(session);
      return Optional.empty();
    }
    table.requireFits(session);
    return position;
  }

  @Override
  public void replace(SinkPosition at, Rows rows) {
    Connection session = opened();
    try {
      session.setNetworkTimeout(Runnable::run, Math.toIntExact(REPLACE_TIMEOUT.toMillis()));
      progress.set(session, at);
      table.createStaging(session);
      rows.forEach(batch -> stage(session, batch));
      table.replaceByStaging(session);
    } catch (SQLException e) {
      throw Errors.of("write all rows to table " + name, address, e);
    }
    commit(session);
    try {
      session.setNetworkTimeout(Runnable::run, Math.toIntExact(timeout.toMillis()));
    } catch (SQLException e) {
      throw Errors.of("write all rows to table " + name, address, e);
    }
  }

  private void stage(Connection session, Batch batch) {
    try {
      table.stage(session, batch);
    } catch (SQLException e) {
      throw Errors.of("write all rows to table " + name, address, e);
    }
  }

  @Override
  public void write(SinkPosition before, SinkPosition after, Rows changes) {
    Connection session = opened();
    try {
      progress.move(session, before, after);
    } catch (SQLException e) {
      throw Errors.of("write to table " + name, address, e);
    }
    changes.forEach(batch -> apply(session, batch));
    CrashPoint.SINK_UNCOMMITTED.reached();
    commit(session);
  }

  private void apply(Connection session, Batch batch) {
    try {
      table.apply(session, batch);
    } catch (SQLException e) {
      throw Errors.of("write to table " + name, address, e);
    }
  }

  private void commit(Connection session) {
    try {
      session.commit();
    } catch (SQLException e) {
      throw Errors.ofCommit(address, e);
    }
  }

  private Connection opened() {
    Connection session = connection;
    if (session == null) {
      throw new FreshetException(
          ErrorCode.SINK_FAILED, "Failed to write to table " + name + ": the sink is closed.");
    }
    return session;
  }

  @Override
  public void close() {
    closing = true;
    Connection session = connection;
    connection = null;
    if (session != null) {
      try {
        session.abort(Runnable::run); // from any thread; what is not committed is undone
      } catch (SQLException e) {
        // the server sees that it is gone
      }
    }
  }
}
