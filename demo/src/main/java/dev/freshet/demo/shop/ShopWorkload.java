package dev.freshet.demo.shop;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The shop at work: orders are placed, paid, shipped, changed, cancelled and deleted, prices and
 * customers change, in transactions of several rows, on several connections.
 *
 * <p>Seeded: the same seed and rate on the same tables give each connection the same statements.
 * With {@link EventTime#SEEDED} and a limit of changes, two runs leave equal tables.
 *
 * <p>It starts when it is made and ends at its deadline, at its limit, at {@link #close} or with
 * the first failure. Thread-safe.
 */
public final class ShopWorkload implements AutoCloseable {
  /**
   * A committed transaction.
   *
   * @param lastPlacedOrderId the last order that it placed, or 0 if it placed none
   * @param rowChanges how many rows it changed
   * @param committedAtNanos {@link System#nanoTime} right after the commit was acknowledged
   */
  public record Commit(long lastPlacedOrderId, int rowChanges, long committedAtNanos) {}

  /** Is told of each commit, on the connection's own thread: it must be quick and thread-safe. */
  @FunctionalInterface
  public interface CommitListener {
    void committed(Commit commit);
  }

  /** Earlier workloads may have left gaps: transactions that were rolled back. */
  private static final String CUSTOMERS_WITHOUT_GAP =
      "SELECT min(customer_id) FROM customers AS c"
          + " WHERE NOT EXISTS (SELECT FROM customers WHERE customer_id = c.customer_id + 1)";

  private final WorkloadOptions options;
  private final CommitListener listener;
  private final WorkloadCounters counters = new WorkloadCounters();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  private ShopWorkload(WorkloadOptions options, CommitListener listener) {
    this.options = options;
    this.listener = listener;
  }

  public static ShopWorkload start(ConnectionSource source, WorkloadOptions options)
      throws SQLException {
    return start(source, options, commit -> {});
  }

  /**
   * Starts it on the shop that {@link ShopSchema} has created.
   *
   * @throws SQLException if the first connections fail; later failures come from {@link #await}
   */
  public static ShopWorkload start(
      ConnectionSource source, WorkloadOptions options, CommitListener listener)
      throws SQLException {
    ShopWorkload workload = new ShopWorkload(options, listener);
    List<WorkloadSession> sessions = workload.sessions(source);
    for (WorkloadSession session : sessions) {
      Thread thread =
          Thread.ofPlatform()
              .name("shop-workload-" + workload.threads.size())
              .daemon()
              .unstarted(() -> workload.run(session));
      workload.threads.add(thread);
    }
    workload.threads.forEach(Thread::start);
    return workload;
  }

  private List<WorkloadSession> sessions(ConnectionSource source) throws SQLException {
    WorkloadSession.Start first;
    try (Connection connection = source.open()) {
      first =
          new WorkloadSession.Start(
              options,
              0,
              query(connection, "SELECT coalesce(max(order_id), 0) FROM orders"),
              query(connection, "SELECT max(customer_id) FROM customers"),
              query(connection, CUSTOMERS_WITHOUT_GAP),
              (int) query(connection, "SELECT max(product_id) FROM products"));
    }
    List<WorkloadSession> sessions = new ArrayList<>();
    for (int i = 0; i < options.connections(); i++) {
      sessions.add(session(source.open(), first.withIndex(i)));
    }
    return sessions;
  }

  private WorkloadSession session(Connection connection, WorkloadSession.Start start)
      throws SQLException {
    return switch (options.style()) {
      case SHOP -> new ShopSession(connection, start, counters);
      case BULK -> new BulkSession(connection, start, counters);
    };
  }

  private static long query(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private void run(WorkloadSession session) {
    try (session) {
      long start = System.nanoTime();
      long end = start + options.duration().toNanos();
      long changesMax = Math.ceilDiv(options.rowChangesMax(), options.connections());
      double rate = (double) options.rowChangesPerSecond() / options.connections();
      Pacer pacer = new Pacer(rate, start);
      long total = 0;
      while (!stopped && total < changesMax && System.nanoTime() < end) {
        int changes = session.transaction();
        if (changes > 0) {
          listener.committed(new Commit(session.lastPlacedOrderId(), changes, System.nanoTime()));
        }
        total += changes;
        pacer.await(changes, () -> stopped);
      }
    } catch (SQLException | RuntimeException e) {
      failure.compareAndSet(null, e);
      stopped = true;
    }
  }

  /** What has been committed so far. */
  public WorkloadReport report() {
    return counters.report();
  }

  public boolean isRunning() {
    return threads.stream().anyMatch(Thread::isAlive);
  }

  /**
   * Waits for the end, whatever brings it.
   *
   * @throws FreshetException {@link ErrorCode#SOURCE_FAILED} if a statement failed
   */
  public WorkloadReport await() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
    Exception failed = failure.get();
    if (failed != null) {
      throw new FreshetException(
          ErrorCode.SOURCE_FAILED, "Failed to run the workload: " + failed.getMessage(), failed);
    }
    return report();
  }

  /** Ends it after the transactions that are under way, without waiting for them. */
  public void stop() {
    stopped = true;
    threads.forEach(LockSupport::unpark);
  }

  /** Stops it and waits for the transactions that are under way; failures are not reported. */
  @Override
  public void close() {
    stop();
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
