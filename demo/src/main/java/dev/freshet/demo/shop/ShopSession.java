package dev.freshet.demo.shop;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One connection's share of the workload. Sessions never touch each other's rows: of every table a
 * session changes only the ids that leave its own remainder, so they neither wait for each other
 * nor make the final state depend on who was first.
 *
 * <p>One thread owns it.
 */
final class ShopSession implements WorkloadSession {
  private static final int FIRST_ROLLED_BACK_KIND = 99;
  private static final int OPEN_ORDERS_MAX = 20_000;
  private static final Instant FIRST_SEEDED_TIME = Instant.parse("2026-06-01T22:30:00Z");
  private static final int SEEDED_STEP_MILLIS = 121_111;

  private final Connection connection;
  private final Start start;
  private final ShopValues values;
  private final WorkloadCounters counters;
  private final OpenOrders open = new OpenOrders(OPEN_ORDERS_MAX);
  private final List<OpenOrders.Order> placed = new ArrayList<>();

  private final MultiRowStatement insertOrders;
  private final MultiRowStatement insertItems;
  private final MultiRowStatement insertPayments;
  private final MultiRowStatement insertCustomers;
  private final MultiRowStatement updateStatus;
  private final MultiRowStatement updateNote;
  private final MultiRowStatement addOneOfFirstItem;
  private final MultiRowStatement addFirstItemToTotal;
  private final MultiRowStatement refundPayments;
  private final MultiRowStatement deletePayments;
  private final MultiRowStatement deleteItems;
  private final MultiRowStatement deleteOrders;
  private final MultiRowStatement updatePrice;
  private final MultiRowStatement updateScore;
  private final MultiRowStatement updatePreferences;

  private long ordersPlaced;
  private long customersAdded;
  private long transactions;
  private int inserts;
  private int updates;
  private int deletes;

  ShopSession(Connection connection, Start start, WorkloadCounters counters) throws SQLException {
    this.connection = connection;
    this.start = start;
    this.counters = counters;
    // On a shop that has been at work before, the same values would be the same keys.
    this.values =
        new ShopValues(start.options().seed() + start.lastOrderId() * 1_000_003 + start.index());
    connection.setAutoCommit(false);
    insertOrders = ShopSql.insertOrders(connection);
    insertItems = ShopSql.insertItems(connection);
    insertPayments = ShopSql.insertPayments(connection);
    insertCustomers = ShopSql.insertCustomers(connection);
    updateStatus = ShopSql.updateOrderStatus(connection);
    updateNote = ShopSql.updateOrderNote(connection);
    addOneOfFirstItem = ShopSql.addOneOfFirstItem(connection);
    addFirstItemToTotal = ShopSql.addFirstItemToTotal(connection);
    refundPayments = ShopSql.refundPayments(connection);
    deletePayments = ShopSql.delete(connection, "payments");
    deleteItems = ShopSql.delete(connection, "order_items");
    deleteOrders = ShopSql.delete(connection, "orders");
    updatePrice = ShopSql.updateProductPrice(connection);
    updateScore = ShopSql.updateCustomerScore(connection);
    updatePreferences = ShopSql.updateCustomerPreferences(connection);
  }

  @Override
  public int transaction() throws SQLException {
    transactions++;
    inserts = 0;
    updates = 0;
    deletes = 0;
    placed.clear();
    int kind = values.below(100);
    change(kind, start.options().ordersPerTransaction());
    if (kind >= FIRST_ROLLED_BACK_KIND) {
      // The ids stay used up, as those of a failed request do.
      connection.rollback();
      placed.clear();
      counters.rolledBack();
      return 0;
    }
    connection.commit();
    placed.forEach(open::add);
    counters.committed(inserts, updates, deletes);
    return inserts + updates + deletes;
  }

  private void change(int kind, int scale) throws SQLException {
    if (kind < 34 || kind >= FIRST_ROLLED_BACK_KIND || open.isEmpty()) {
      placeOrders(scale);
    } else if (kind < 64) {
      progressOrders(scale);
    } else if (kind < 72) {
      deleteOrders(scale);
    } else if (kind < 79) {
      cancelOrders(scale);
    } else if (kind < 86) {
      addToOrders(scale);
    } else if (kind < 91) {
      rewriteNotes(scale);
    } else if (kind < 94) {
      changePrices(scale);
    } else if (kind < 98) {
      changeCustomers(scale);
    } else {
      addCustomer();
    }
  }

  @Override
  public long lastPlacedOrderId() {
    return placed.isEmpty() ? 0 : placed.getLast().id();
  }

  private void placeOrders(int count) throws SQLException {
    for (int i = 0; i < count; i++) {
      long id = start.lastOrderId() + 1 + start.index() + start.sessions() * ordersPlaced++;
      boolean paid = values.chance(70);
      BigDecimal total = addItems(id);
      insertOrders.add(
          id,
          values.between(1, start.customers()),
          paid ? "paid" : "pending",
          values.channel(),
          time(),
          total,
          values.discount(),
          values.shipping(),
          values.note());
      if (paid) {
        addPayment(id, total);
      }
      placed.add(new OpenOrders.Order(id, paid ? 1 : 0, total));
    }
    inserts += insertOrders.execute();
    inserts += insertItems.execute();
    inserts += insertPayments.execute();
  }

  private BigDecimal addItems(long orderId) {
    BigDecimal total = BigDecimal.ZERO.setScale(2);
    int lines = 1 + values.below(5);
    for (int line = 1; line <= lines; line++) {
      int product = 1 + values.below(start.products());
      int quantity = 1 + values.below(4);
      BigDecimal price = ShopValues.price(product);
      insertItems.add(orderId, line, product, quantity, price, values.chance(10));
      total = total.add(price.multiply(BigDecimal.valueOf(quantity)));
    }
    return total;
  }

  private void addPayment(long orderId, BigDecimal amount) {
    insertPayments.add(
        values.uuid(), orderId, values.paymentMethod(), amount, time(), values.receipt());
  }

  private void progressOrders(int count) throws SQLException {
    for (OpenOrders.Order order : open.take(count, values)) {
      OpenOrders.Order next = order.next();
      updateStatus.add(next.id(), next.status(), time());
      if (next.stage() == 1) {
        addPayment(next.id(), next.total());
      }
      if (!next.isDelivered()) {
        open.add(next);
      }
    }
    updates += updateStatus.execute();
    inserts += insertPayments.execute();
  }

  private void deleteOrders(int count) throws SQLException {
    for (OpenOrders.Order order : open.take(count, values)) {
      deletePayments.add(order.id());
      deleteItems.add(order.id());
      deleteOrders.add(order.id());
    }
    deletes += deletePayments.execute();
    deletes += deleteItems.execute();
    deletes += deleteOrders.execute();
  }

  private void cancelOrders(int count) throws SQLException {
    for (OpenOrders.Order order : open.take(count, values)) {
      updateStatus.add(order.id(), "cancelled", time());
      refundPayments.add(order.id());
    }
    updates += updateStatus.execute();
    updates += refundPayments.execute();
  }

  private void addToOrders(int count) throws SQLException {
    for (OpenOrders.Order order : open.take(count, values)) {
      addOneOfFirstItem.add(order.id());
      addFirstItemToTotal.add(order.id());
      open.add(order);
    }
    updates += addOneOfFirstItem.execute();
    updates += addFirstItemToTotal.execute();
  }

  private void rewriteNotes(int count) throws SQLException {
    for (OpenOrders.Order order : open.take(count, values)) {
      updateNote.add(order.id(), values.note(), time());
      open.add(order);
    }
    updates += updateNote.execute();
  }

  private void changePrices(int count) throws SQLException {
    for (long id : ownIds(count, start.products())) {
      BigDecimal factor = BigDecimal.valueOf(values.between(80, 120), 2);
      updatePrice.add(id, ShopValues.price((int) id).multiply(factor));
    }
    updates += updatePrice.execute();
  }

  private void changeCustomers(int count) throws SQLException {
    boolean large = values.chance(50);
    for (long id : ownIds(count, start.customers())) {
      if (large) {
        updateScore.add(id, values.loyaltyScore());
      } else {
        updatePreferences.add(id, values.below(5000));
      }
    }
    updates += updateScore.execute();
    updates += updatePreferences.execute();
  }

  private void addCustomer() throws SQLException {
    long id = start.lastCustomerId() + 1 + start.index() + start.sessions() * customersAdded++;
    insertCustomers.add(values.customer(id, FIRST_SEEDED_TIME));
    inserts += insertCustomers.execute();
  }

  /** Up to {@code count} different ids within 1..last that are this session's to change. */
  private Set<Long> ownIds(int count, long last) {
    long own = Math.max(1, last / start.sessions());
    Set<Long> ids = new TreeSet<>();
    for (int i = 0; i < Math.min(count, own); i++) {
      long id = 1 + start.index() + start.sessions() * values.between(0, own - 1);
      if (id <= last) {
        ids.add(id);
      }
    }
    return ids;
  }

  private @Nullable String time() {
    return switch (start.options().eventTime()) {
      case SERVER_CLOCK -> null;
      case SEEDED -> FIRST_SEEDED_TIME.plusMillis(transactions * SEEDED_STEP_MILLIS).toString();
    };
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
