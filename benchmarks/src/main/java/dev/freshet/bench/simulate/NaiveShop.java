package dev.freshet.bench.simulate;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the tables and models of {@link Shop} hold, computed as simply as can be: transactions
 * change rows, and each model is looked up anew with loops. One thread owns it.
 */
final class NaiveShop {
  private static final BigDecimal LARGE = new BigDecimal(50);
  private static final BigDecimal SMALL = new BigDecimal(20);

  private final Map<String, Map<Long, List<@Nullable Object>>> tables = new TreeMap<>();

  NaiveShop() {
    Shop.TABLES.forEach(table -> tables.put(table.table(), new TreeMap<>()));
  }

  /** The rows of a table by key. */
  Map<Long, List<@Nullable Object>> rows(String table) {
    return Objects.requireNonNull(tables.get(table));
  }

  void apply(Transaction transaction) {
    transaction.changes().forEach(this::apply);
  }

  void apply(RowChange change) {
    Map<Long, List<@Nullable Object>> rows = rows(change.table());
    switch (change) {
      case RowChange.Insert insert -> rows.put(key(insert.row()), insert.row());
      case RowChange.Update update -> {
        rows.remove(update.oldKey());
        rows.put(key(update.row()), update.row());
      }
      case RowChange.Delete delete -> rows.remove(delete.key());
      case RowChange.Truncate _ -> rows.clear();
    }
  }

  private static long key(List<@Nullable Object> row) {
    return (Long) Objects.requireNonNull(row.get(0));
  }

  /** The content of a table or model, in the order of {@link RowTexts}. */
  List<String> content(String relation) {
    List<String> texts = new ArrayList<>();
    for (List<@Nullable Object> row : evaluate(relation)) {
      texts.add(RowTexts.of(row));
    }
    texts.sort(null);
    return texts;
  }

  private List<List<@Nullable Object>> evaluate(String relation) {
    return switch (relation) {
      case "large" -> large();
      case "places" -> places();
      case "small" -> small();
      case "streets" -> streets();
      case "named" -> named();
      case "cities" -> cities();
      case "paid" -> paid();
      default -> List.copyOf(rows(relation).values());
    };
  }

  private List<List<@Nullable Object>> large() {
    List<List<@Nullable Object>> found = new ArrayList<>();
    for (List<@Nullable Object> order : rows(Shop.ORDERS).values()) {
      if (money(order.get(2)).compareTo(LARGE) > 0) {
        found.add(row(order.get(0), order.get(1), order.get(2)));
      }
    }
    return found;
  }

  private List<List<@Nullable Object>> small() {
    List<List<@Nullable Object>> found = new ArrayList<>();
    for (List<@Nullable Object> order : rows(Shop.ORDERS).values()) {
      if (money(order.get(2)).compareTo(SMALL) < 0) {
        found.add(row(order.get(0), order.get(1), order.get(2)));
      }
    }
    return found;
  }

  private List<List<@Nullable Object>> streets() {
    List<List<@Nullable Object>> found = new ArrayList<>();
    for (List<@Nullable Object> customer : rows(Shop.CUSTOMERS).values()) {
      if (customer.get(3) != null) {
        found.add(row(customer.get(2), customer.get(3)));
      }
    }
    return found;
  }

  private List<List<@Nullable Object>> places() {
    List<List<@Nullable Object>> found = new ArrayList<>();
    for (List<@Nullable Object> customer : rows(Shop.CUSTOMERS).values()) {
      if (customer.get(2) != null) {
        found.add(row(customer.get(2)));
      }
    }
    return found;
  }

  private List<List<@Nullable Object>> named() {
    List<List<@Nullable Object>> found = new ArrayList<>();
    for (List<@Nullable Object> order : rows(Shop.ORDERS).values()) {
      for (List<@Nullable Object> customer : rows(Shop.CUSTOMERS).values()) {
        if (customer.get(0) != null && customer.get(0).equals(order.get(1))) {
          found.add(
              row(order.get(0), order.get(2), order.get(3), customer.get(1), customer.get(2)));
        }
      }
    }
    return found;
  }

  private List<List<@Nullable Object>> cities() {
    Map<String, List<@Nullable Object>> groups = new TreeMap<>();
    for (List<@Nullable Object> order : named()) {
      BigDecimal amount = money(order.get(1));
      groups.merge(
          String.valueOf(order.get(4)),
          row(order.get(4), 1L, amount, amount),
          (group, one) ->
              row(
                  group.get(0),
                  (Long) Objects.requireNonNull(group.get(1)) + 1,
                  money(group.get(2)).add(amount),
                  money(group.get(3)).max(amount)));
    }
    return List.copyOf(groups.values());
  }

  private List<List<@Nullable Object>> paid() {
    List<List<@Nullable Object>> found = new ArrayList<>();
    for (List<@Nullable Object> order : rows(Shop.ORDERS).values()) {
      int before = found.size();
      for (List<@Nullable Object> payment : rows(Shop.PAYMENTS).values()) {
        if (order.get(0) != null && order.get(0).equals(payment.get(1))) {
          found.add(row(order.get(0), order.get(2), payment.get(2)));
        }
      }
      if (found.size() == before) {
        found.add(row(order.get(0), order.get(2), null));
      }
    }
    return found;
  }

  private static BigDecimal money(@Nullable Object value) {
    return (BigDecimal) Objects.requireNonNull(value);
  }

  private static List<@Nullable Object> row(@Nullable Object... cells) {
    return Arrays.asList(cells);
  }
}
