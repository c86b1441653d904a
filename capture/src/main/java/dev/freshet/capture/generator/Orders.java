package dev.freshet.capture.generator;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * A shop: each event is an order with one to four items; every tenth brings a new customer first;
 * an order is paid 10 events later and shipped 30 events later, or cancelled.
 */
record Orders(Dice dice) implements Dataset {
  private static final long PAID_AFTER = 10;
  private static final long SHIPPED_AFTER = 30;
  private static final int ITEMS_MAX = 4;

  @Override
  public List<Table> tables() {
    return List.of(
        Dataset.table(
            "customers", 1,
            "id", Simple.BIGINT,
            "name", Simple.VARCHAR,
            "country", Simple.VARCHAR,
            "joined_at", Simple.TIMESTAMP_LTZ),
        Dataset.table(
            "orders", 1,
            "id", Simple.BIGINT,
            "customer_id", Simple.BIGINT,
            "status", Simple.VARCHAR,
            "amount", new DataType.Decimal(12, 2),
            "changed_at", Simple.TIMESTAMP_LTZ),
        Dataset.table(
            "order_items", 2,
            "order_id", Simple.BIGINT,
            "line", Simple.INTEGER,
            "product", Simple.VARCHAR,
            "quantity", Simple.INTEGER,
            "price", new DataType.Decimal(10, 2)));
  }

  @Override
  public void event(long index, long micros, Rows rows) {
    if (index % 10 == 0) {
      long customer = index / 10;
      rows.add(
          "customers",
          customer,
          dice.oneOf(1, customer, "Ada", "Grace", "Mary", "Alan", "Edsger", "Barbara", "Linus")
              + " "
              + dice.oneOf(2, customer, "Byron", "Hopper", "Turing", "Liskov", "Hamilton", "Knuth"),
          dice.oneOf(3, customer, "DE", "FR", "GB", "US", "JP", "BR"),
          Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
    }
    order(index, "placed", micros, rows);
    for (int line = 1; line <= items(index); line++) {
      long place = index * ITEMS_MAX + line;
      rows.add("order_items", index, line, product(place), quantity(place), price(place));
    }
    if (index >= PAID_AFTER) {
      order(
          index - PAID_AFTER, isCancelled(index - PAID_AFTER) ? "cancelled" : "paid", micros, rows);
    }
    if (index >= SHIPPED_AFTER && !isCancelled(index - SHIPPED_AFTER)) {
      order(index - SHIPPED_AFTER, "shipped", micros, rows);
    }
  }

  private void order(long id, String status, long micros, Rows rows) {
    BigDecimal amount = BigDecimal.ZERO.setScale(2);
    for (int line = 1; line <= items(id); line++) {
      long place = id * ITEMS_MAX + line;
      amount = amount.add(price(place).multiply(BigDecimal.valueOf(quantity(place))));
    }
    long customer = dice.below(id / 10 + 1, 4, id);
    rows.add("orders", id, customer, status, amount, Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
  }

  private boolean isCancelled(long id) {
    return dice.below(12, 5, id) == 0;
  }

  private int items(long id) {
    return 1 + (int) dice.below(ITEMS_MAX, 6, id);
  }

  private String product(long place) {
    return dice.oneOf(7, place, "lamp", "chair", "desk", "mug", "pen", "notebook", "clock", "bag");
  }

  private int quantity(long place) {
    return 1 + (int) dice.below(3, 8, place);
  }

  private BigDecimal price(long place) {
    return BigDecimal.valueOf(199 + dice.below(20_000, 9, place), 2);
  }
}
