package dev.freshet.bench.kill;

import dev.freshet.demo.shop.ConnectionSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Orders that come, change and go at a rate, so that the tables stay as large as they are: what
 * grows then is not the data. Runs on its own thread until closed.
 */
public final class SteadyLoad implements AutoCloseable {
  private static final int ORDERS_KEPT = 5_000;
  private static final int ORDERS_A_TRANSACTION = 10;

  /** An order and its two items come and go, and one order is changed. */
  static final int CHANGES_AN_ORDER = 7;

  private static final String INSERT_ORDERS =
      "INSERT INTO orders (order_id, customer_id, status, channel, ordered_at, updated_at, total,"
          + " discount, shipping, note) SELECT id, 1 + id % 1000, 'paid', 'web',"
          + " clock_timestamp() AT TIME ZONE 'UTC', clock_timestamp(), 10 + id % 90, 0,"
          + " '{\"city\": \"Bern\"}', 'order ' || id FROM generate_series(?::bigint, ?) AS id";
  private static final String INSERT_ITEMS =
      "INSERT INTO order_items (order_id, line_no, product_id, quantity, unit_price, is_gift)"
          + " SELECT id, line, 1 + (id + line) % 200, 1 + id % 4, 5 + id % 20, false"
          + " FROM generate_series(?::bigint, ?) AS id, generate_series(1, 2) AS line";
  private static final String UPDATE =
      "UPDATE orders SET status = 'shipped', updated_at = clock_timestamp()"
          + " WHERE order_id BETWEEN ? AND ?";
  private static final String[] DELETES = {
    "DELETE FROM payments WHERE order_id BETWEEN ? AND ?",
    "DELETE FROM order_items WHERE order_id BETWEEN ? AND ?",
    "DELETE FROM orders WHERE order_id BETWEEN ? AND ?"
  };

  private final Connection connection;
  private final double ordersPerSecond;
  private final Thread thread;
  private volatile boolean stopped;
  private final AtomicLong orders = new AtomicLong();
  private volatile @Nullable SQLException failure;
  private long next;
  private long oldest;

  private SteadyLoad(Connection connection, double ordersPerSecond) {
    this.connection = connection;
    this.ordersPerSecond = ordersPerSecond;
    this.thread = Thread.ofPlatform().daemon().name("steady-load").unstarted(this::run);
  }

  /**
   * @param changesPerSecond row changes, 0 for as many as the server takes
   */
  public static SteadyLoad start(ConnectionSource source, double changesPerSecond)
      throws SQLException {
    Connection connection = source.open();
    SteadyLoad load = new SteadyLoad(connection, changesPerSecond / CHANGES_AN_ORDER);
    try (Statement statement = connection.createStatement()) {
      var row =
          statement.executeQuery(
              "SELECT coalesce(max(order_id), 0) + 1, coalesce(min(order_id), 1) FROM orders");
      row.next();
      load.next = row.getLong(1);
      load.oldest = row.getLong(2);
    }
    connection.setAutoCommit(false);
    load.thread.start();
    return load;
  }

  private void run() {
    try (connection) {
      long begin = System.nanoTime();
      while (!stopped) {
        transaction();
        orders.addAndGet(ORDERS_A_TRANSACTION);
        await(begin);
      }
    } catch (SQLException e) {
      failure = e;
    }
  }

  private void transaction() throws SQLException {
    long last = next + ORDERS_A_TRANSACTION - 1;
    execute(INSERT_ORDERS, next, last);
    execute(INSERT_ITEMS, next, last);
    execute(UPDATE, next - ORDERS_KEPT / 2, last - ORDERS_KEPT / 2);
    long gone = last - ORDERS_KEPT;
    if (gone >= oldest) {
      // twice as many as came, as long as there are too many
      gone = Math.min(gone, oldest + 2 * ORDERS_A_TRANSACTION - 1);
      for (String delete : DELETES) {
        execute(delete, oldest, gone);
      }
      oldest = gone + 1;
    }
    connection.commit();
    next = last + 1;
  }

  private void execute(String sql, long from, long to) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, from);
      statement.setLong(2, to);
      statement.executeUpdate();
    }
  }

  private void await(long begin) {
    if (ordersPerSecond > 0) {
      long due = begin + (long) (orders.get() / ordersPerSecond * 1e9);
      while (!stopped && System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
    }
  }

  /** Row changes committed so far, about. */
  public long changes() {
    return orders.get() * CHANGES_AN_ORDER;
  }

  /**
   * Ends it after the transaction that is under way.
   *
   * @throws SQLException when one has failed
   */
  @Override
  public void close() throws SQLException {
    stopped = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    SQLException failed = failure;
    if (failed != null) {
      throw failed;
    }
  }
}
