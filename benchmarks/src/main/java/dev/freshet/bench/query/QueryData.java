package dev.freshet.bench.query;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The same rows for both databases, by formulas that both can compute: an order's number gives all
 * of its columns.
 *
 * <pre>orders (id, customer, grp, amount, status)   customers (id, region)</pre>
 */
final class QueryData {
  static final int CUSTOMERS = 100_000;

  private static final int STATUSES = 8;
  private static final int GROUPS = 10_000;
  private static final int REGIONS = 50;
  private static final long PRIME = 2_147_483_647L;

  private QueryData() {}

  static long customer(long id) {
    return (id + 1) * 69_621 % PRIME % CUSTOMERS;
  }

  static long group(long id) {
    return (id + 1) * 48_271 % PRIME % GROUPS;
  }

  static long amount(long id) {
    return (id + 1) * 16_807 % PRIME % 1_000_003;
  }

  static String status(long number) {
    return "status " + number % STATUSES;
  }

  static String region(long customer) {
    return "region " + customer % REGIONS;
  }

  /** The same in DuckDB's SQL. */
  static String[] duckTables(long orders) {
    String columns =
        "range AS id, (range + 1) * 69621 %% %1$d %% %2$d AS customer,"
            + " (range + 1) * 48271 %% %1$d %% %3$d AS grp,"
            + " (range + 1) * 16807 %% %1$d %% 1000003 AS amount,"
            + " 'status ' || (range %% %4$d) AS status";
    return new String[] {
      "CREATE TABLE orders AS SELECT "
          + columns.formatted(PRIME, CUSTOMERS, GROUPS, STATUSES)
          + " FROM range("
          + orders
          + ")",
      "CREATE TABLE customers AS SELECT range AS id, 'region ' || (range % "
          + REGIONS
          + ") AS region FROM range("
          + CUSTOMERS
          + ")"
    };
  }

  /** By name; each is answered in full, none is ordered but the last. */
  static Map<String, String> queries() {
    Map<String, String> queries = new LinkedHashMap<>();
    queries.put(
        "filter", "SELECT COUNT(*) AS n, SUM(amount) AS s FROM orders WHERE amount < 100000");
    queries.put(
        "group_few",
        "SELECT status, COUNT(*) AS n, SUM(amount) AS s, MAX(amount) AS m FROM orders GROUP BY status");
    queries.put(
        "group_many",
        "SELECT grp, COUNT(*) AS n, SUM(amount) AS s, MIN(amount) AS least FROM orders GROUP BY grp");
    queries.put(
        "join",
        "SELECT c.region, COUNT(*) AS n, SUM(o.amount) AS s FROM orders o"
            + " JOIN customers c ON o.customer = c.id GROUP BY c.region");
    queries.put("top_n", "SELECT id, amount FROM orders ORDER BY amount DESC, id LIMIT 100");
    return queries;
  }
}
