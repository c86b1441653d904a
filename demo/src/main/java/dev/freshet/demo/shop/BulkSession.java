package dev.freshet.demo.shop;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SplittableRandom;

/**
 * Many row changes from few statements: the server makes the rows itself, so that nearly all of the
 * machine is left for whoever reads the changes. Of a transaction's changes 60 % are inserts of
 * orders with three items each, 30 % updates of orders, and the rest deletes of the oldest orders
 * with their items.
 *
 * <pre>
 *   ids:   ... deleted | oldest ......... updated range ......... newest | next inserts ...
 * </pre>
 *
 * <p>Needs a superuser: it switches foreign key checks off in its own session.
 */
final class BulkSession implements WorkloadSession {
  private static final int ITEMS_PER_ORDER = 3;
  private static final long IDS_PER_SESSION = 1_000_000_000L;
  private static final String SEEDED_TIME =
      "timestamp '2026-06-01' + g * interval '10 millisecond'";
  private static final String SERVER_TIME = "clock_timestamp() AT TIME ZONE 'UTC'";

  private final Connection connection;
  private final WorkloadCounters counters;
  private final SplittableRandom random;
  private final PreparedStatement insertOrders;
  private final PreparedStatement insertItems;
  private final PreparedStatement updateOrders;
  private final PreparedStatement deleteItems;
  private final PreparedStatement deleteOrders;

  private final int ordersInserted;
  private final int ordersUpdated;
  private final int ordersDeleted;
  private long oldest;
  private long next;

  BulkSession(Connection connection, Start start, WorkloadCounters counters) throws SQLException {
    this.connection = connection;
    this.counters = counters;
    this.random = new SplittableRandom(start.options().seed() + start.index());
    int changes = start.options().rowChangesPerTransaction();
    this.ordersInserted = Math.max(1, changes * 60 / 100 / (1 + ITEMS_PER_ORDER));
    this.ordersUpdated = changes * 30 / 100;
    this.ordersDeleted = changes * 10 / 100 / (1 + ITEMS_PER_ORDER);
    this.oldest = start.lastOrderId() + 1 + start.index() * IDS_PER_SESSION;
    this.next = oldest;
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET session_replication_role = replica");
    }
    String time =
        switch (start.options().eventTime()) {
          case SERVER_CLOCK -> SERVER_TIME;
          case SEEDED -> SEEDED_TIME;
        };
    insertOrders = connection.prepareStatement(insertOrdersSql(start, time));
    insertItems = connection.prepareStatement(insertItemsSql(start));
    updateOrders = connection.prepareStatement(updateOrdersSql(time));
    deleteItems = deleteRange("order_items");
    deleteOrders = deleteRange("orders");
  }

  private static String insertOrdersSql(Start start, String time) {
    return """
    INSERT INTO orders (order_id, customer_id, status, channel, ordered_at, updated_at, total,
      discount, shipping, note)
    SELECT g, 1 + (g * 7919) %% %d,
      (ARRAY['pending', 'paid'])[1 + g %% 2]::order_status,
      (ARRAY['web', 'app', 'store', 'phone'])[1 + (g / 3) %% 4],
      %s, (%s) AT TIME ZONE 'UTC', (100 + (g * 37) %% 50000)::numeric / 100, 0.05,
      '{"city": "Berlin", "zip": "10115", "express": false, "geo": {"lat": 52.52}}', NULL
    FROM generate_series(?::bigint, ?::bigint) AS g
    """
        .formatted(start.customers(), time, time);
  }

  private static String insertItemsSql(Start start) {
    return """
    INSERT INTO order_items (order_id, line_no, product_id, quantity, unit_price, is_gift)
    SELECT g, l, 1 + (g * 31 + l * 17) %% %d, 1 + (g + l) %% 4,
      (199 + (g * 13 + l) %% 9800)::numeric / 100, l = %d
    FROM generate_series(?::bigint, ?::bigint) AS g, generate_series(1, %d) AS l
    """
        .formatted(start.products(), ITEMS_PER_ORDER, ITEMS_PER_ORDER);
  }

  private static String updateOrdersSql(String time) {
    return """
    UPDATE orders SET status = (ARRAY['paid', 'shipped', 'delivered'])[1 + ?::int]::order_status,
      total = total + 0.01, updated_at = (%s) AT TIME ZONE 'UTC'
    WHERE order_id BETWEEN ? AND ?
    """
        .formatted(time.replace("g *", "order_id *"));
  }

  private PreparedStatement deleteRange(String table) throws SQLException {
    return connection.prepareStatement("DELETE FROM " + table + " WHERE order_id BETWEEN ? AND ?");
  }

  @Override
  public int transaction() throws SQLException {
    long live = next - oldest;
    int updates = 0;
    int deletes = 0;
    if (live > ordersUpdated + 2L * ordersDeleted) {
      long deletedTo = oldest + ordersDeleted - 1L;
      deletes = run(deleteItems, oldest, deletedTo) + run(deleteOrders, oldest, deletedTo);
      oldest = deletedTo + 1;
      updates = update();
    }
    int inserts =
        run(insertOrders, next, next + ordersInserted - 1L)
            + run(insertItems, next, next + ordersInserted - 1L);
    next += ordersInserted;
    connection.commit();
    counters.committed(inserts, updates, deletes);
    return inserts + updates + deletes;
  }

  private int update() throws SQLException {
    if (ordersUpdated == 0) {
      return 0;
    }
    long from = oldest + random.nextLong(next - oldest - ordersUpdated + 1);
    updateOrders.setInt(1, random.nextInt(3));
    updateOrders.setLong(2, from);
    updateOrders.setLong(3, from + ordersUpdated - 1L);
    return updateOrders.executeUpdate();
  }

  private static int run(PreparedStatement statement, long from, long to) throws SQLException {
    statement.setLong(1, from);
    statement.setLong(2, to);
    return statement.executeUpdate();
  }

  @Override
  public long lastPlacedOrderId() {
    return next - 1;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
