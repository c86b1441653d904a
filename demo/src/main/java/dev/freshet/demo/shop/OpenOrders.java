package dev.freshet.demo.shop;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * The orders that a session may still change; bounded, what does not fit is left alone for good.
 */
final class OpenOrders {
  private static final List<String> STAGES = List.of("pending", "paid", "shipped", "delivered");

  /**
   * An order as its session remembers it.
   *
   * @param stage how far it has come, an index into pending, paid, shipped, delivered
   * @param total when it was placed
   */
  record Order(long id, int stage, BigDecimal total) {
    Order next() {
      return new Order(id, stage + 1, total);
    }

    String status() {
      return STAGES.get(stage);
    }

    boolean isDelivered() {
      return stage == STAGES.size() - 1;
    }
  }

  private final int capacity;
  private final List<Order> orders = new ArrayList<>();

  OpenOrders(int capacity) {
    this.capacity = capacity;
  }

  boolean isEmpty() {
    return orders.isEmpty();
  }

  void add(Order order) {
    if (orders.size() < capacity) {
      orders.add(order);
    }
  }

  /** Removes up to {@code count} orders, chosen at random. */
  List<Order> take(int count, ShopValues values) {
    List<Order> taken = new ArrayList<>();
    while (taken.size() < count && !orders.isEmpty()) {
      int index = values.below(orders.size());
      taken.add(orders.get(index));
      Order last = orders.removeLast();
      if (index < orders.size()) {
        orders.set(index, last);
      }
    }
    return taken;
  }
}
