package dev.freshet.bench.simulate;

import dev.freshet.core.error.Check;
import dev.freshet.testing.property.Draws;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The origin of all changes: a seeded workload, which keeps its transactions as a write-ahead log
 * does. It survives all crashes. One thread owns it.
 */
final class SimulatedDatabase {
  private static final List<String> CITIES = List.of("Bern", "Graz", "Lodz", "Lyon");
  private static final long KEY_MAX = 30;

  private final Draws draws;
  private final int[] weights;
  private final int transactionsMax;
  private final List<Transaction> committed = new ArrayList<>();
  private final NaiveShop now = new NaiveShop();

  SimulatedDatabase(long seed, Shop shop, int transactionsMax) {
    this.draws = new Draws(seed);
    this.weights =
        new int[] {
          shop.has(Shop.CUSTOMERS) ? 3 : 0,
          shop.has(Shop.ORDERS) ? 5 : 0,
          shop.has(Shop.PAYMENTS) ? 2 : 0
        };
    this.transactionsMax = transactionsMax;
  }

  /** The number of the last transaction that there will be. */
  int transactionsMax() {
    return transactionsMax;
  }

  boolean has(long number) {
    return number <= committed.size();
  }

  Transaction transaction(long number) {
    return committed.get((int) number - 1);
  }

  /** Makes the next transaction. */
  void commit() {
    Check.that(committed.size() < transactionsMax, "the workload has an end");
    List<RowChange> changes = new ArrayList<>();
    int count = 1 + draws.small(draws.chance(0.1) ? 60 : 8);
    for (int i = 0; i < count; i++) {
      RowChange change = change();
      now.apply(change);
      changes.add(change);
    }
    committed.add(new Transaction(committed.size() + 1L, changes));
  }

  private RowChange change() {
    String table =
        switch (draws.weighted(weights)) {
          case 0 -> Shop.CUSTOMERS;
          case 1 -> Shop.ORDERS;
          default -> Shop.PAYMENTS;
        };
    Map<Long, List<@Nullable Object>> rows = now.rows(table);
    if (rows.isEmpty() || draws.chance(0.4)) {
      return insertOrUpdate(table, draws.between(1, KEY_MAX), rows);
    }
    if (draws.chance(0.01)) {
      return new RowChange.Truncate(table);
    }
    long key = draws.pick(List.copyOf(rows.keySet()));
    return switch (draws.weighted(5, 2, 3)) {
      case 0 -> insertOrUpdate(table, key, rows);
      case 1 -> moveKey(table, key, draws.between(1, KEY_MAX), rows);
      default -> new RowChange.Delete(table, key);
    };
  }

  private RowChange insertOrUpdate(String table, long key, Map<Long, List<@Nullable Object>> rows) {
    List<@Nullable Object> before = rows.get(key);
    return before == null
        ? new RowChange.Insert(table, row(table, key))
        : update(table, key, key, before);
  }

  /** A key that is taken stays where it is, as in a database. */
  private RowChange moveKey(
      String table, long oldKey, long newKey, Map<Long, List<@Nullable Object>> rows) {
    List<@Nullable Object> before = Objects.requireNonNull(rows.get(oldKey));
    long key = rows.containsKey(newKey) ? oldKey : newKey;
    return update(table, oldKey, key, before);
  }

  private RowChange update(String table, long oldKey, long key, List<@Nullable Object> before) {
    List<@Nullable Object> row = row(table, key);
    List<Integer> unsent = new ArrayList<>();
    for (int column = 1; column < row.size(); column++) {
      if (draws.chance(0.2)) {
        row.set(column, before.get(column));
        unsent.add(column);
      }
    }
    return new RowChange.Update(table, oldKey, row, unsent);
  }

  private List<@Nullable Object> row(String table, long key) {
    return switch (table) {
      case Shop.CUSTOMERS -> cells(key, "n" + draws.between(0, 99), city(), note());
      case Shop.ORDERS -> cells(key, reference(), amount(), note());
      default -> cells(key, reference(), amount());
    };
  }

  private static List<@Nullable Object> cells(@Nullable Object... cells) {
    return Arrays.asList(cells);
  }

  private @Nullable Object city() {
    return draws.chance(0.1) ? null : draws.pick(CITIES);
  }

  private @Nullable Object note() {
    return draws.chance(0.3) ? null : "x".repeat(draws.small(200)) + draws.text(8);
  }

  private @Nullable Object reference() {
    return draws.chance(0.1) ? null : draws.between(1, KEY_MAX);
  }

  private BigDecimal amount() {
    return BigDecimal.valueOf(draws.between(0, 10_000), 2);
  }
}
