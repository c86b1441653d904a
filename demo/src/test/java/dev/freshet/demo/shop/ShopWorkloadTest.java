package dev.freshet.demo.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import dev.freshet.demo.shop.WorkloadOptions.Style;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShopWorkloadTest {
  private static final long SEED = 20_261_124;

  private static final ShopSchema.Size SIZE = new ShopSchema.Size(200, 40);

  @TempDir static Path dir;
  private static EmbeddedPostgres postgres;

  @BeforeAll
  static void start() {
    postgres = EmbeddedPostgres.start(dir, PostgresOptions.fast());
  }

  @AfterAll
  static void stop() {
    postgres.close();
  }

  @Test
  void leavesEqualTablesForOneSeedAndOthersForAnother() throws Exception {
    WorkloadOptions one = WorkloadOptions.repeatable(Style.SHOP, SEED, 3_000);
    Map<String, String> first = run("shop_1", one);
    assertThat(run("shop_2", one)).isEqualTo(first);
    assertThat(run("shop_3", WorkloadOptions.repeatable(Style.SHOP, SEED + 1, 3_000)))
        .isNotEqualTo(first);
    assertThat(first.keySet()).containsExactlyInAnyOrderElementsOf(ShopSchema.TABLES);
  }

  @Test
  void leavesEqualTablesOnSeveralConnectionsToo() throws Exception {
    WorkloadOptions four = WorkloadOptions.repeatable(Style.SHOP, SEED, 2_000).withConnections(4);
    assertThat(run("shop_4", four)).isEqualTo(run("shop_5", four));
  }

  @Test
  void bulkLeavesEqualTablesAndChangesWhatItReports() throws Exception {
    WorkloadOptions bulk = WorkloadOptions.repeatable(Style.BULK, SEED, 10_000);
    assertThat(run("bulk_1", bulk)).isEqualTo(run("bulk_2", bulk));
    assertThat(number("bulk_1", "SELECT count(*) FROM orders WHERE status = 'shipped'"))
        .isPositive();
    assertThat(number("bulk_1", "SELECT min(order_id) FROM orders")).isGreaterThan(1);
  }

  @Test
  void storesLargeValuesOutsideOfTheirRowsAndUpdatesAroundThem() throws Exception {
    run("toast", WorkloadOptions.repeatable(Style.SHOP, SEED, 5_000));
    for (String table : List.of("orders", "products", "customers")) {
      assertThat(
              number(
                  "toast",
                  "SELECT pg_relation_size(reltoastrelid) FROM pg_class WHERE relname = '"
                      + table
                      + "'"))
          .as("bytes stored outside of the rows of %s", table)
          .isGreaterThan(8_192);
    }
    assertThat(
            number(
                "toast",
                "SELECT count(*) FROM orders WHERE pg_column_size(note) > 8192"
                    + " AND status IN ('shipped', 'delivered')"))
        .as("orders that were updated while their large note stayed")
        .isPositive();
  }

  @Test
  void insertsUpdatesDeletesAndRollsBack() throws Exception {
    ConnectionSource source = database("mixed");
    ShopSchema.create(source, SIZE, SEED);
    List<ShopWorkload.Commit> commits = Collections.synchronizedList(new ArrayList<>());
    WorkloadReport report;
    try (ShopWorkload workload =
        ShopWorkload.start(
            source, WorkloadOptions.repeatable(Style.SHOP, SEED, 5_000), commits::add)) {
      report = workload.await();
    }
    assertThat(report.inserts()).isGreaterThan(report.updates());
    assertThat(report.updates()).isGreaterThan(1000);
    assertThat(report.deletes()).isGreaterThan(300);
    assertThat(report.rollbacks()).isPositive();
    assertThat(commits).hasSize((int) report.transactions());
    assertThat(commits.stream().mapToLong(ShopWorkload.Commit::rowChanges).sum())
        .isEqualTo(report.rowChanges());
    long orders = number("mixed", "SELECT count(*) FROM orders");
    long items = number("mixed", "SELECT count(*) FROM order_items");
    long payments = number("mixed", "SELECT count(*) FROM payments");
    long customers = number("mixed", "SELECT count(*) FROM customers") - SIZE.customers();
    assertThat(orders + items + payments + customers)
        .isEqualTo(report.inserts() - report.deletes());
    // A second run continues the same shop under new keys.
    try (ShopWorkload again =
        ShopWorkload.start(source, WorkloadOptions.repeatable(Style.SHOP, SEED, 1_000))) {
      assertThat(again.await().rowChanges()).isGreaterThanOrEqualTo(1_000);
    }
  }

  @Test
  void keepsAShopOverARestart(@TempDir Path own) throws Exception {
    long orders;
    try (ShopDatabase shop = ShopDatabase.start(own, PostgresOptions.fast(), SIZE, SEED);
        ShopWorkload workload =
            ShopWorkload.start(shop, WorkloadOptions.repeatable(Style.SHOP, SEED, 200))) {
      workload.await();
      assertThat(shop.url()).contains(shop.server().password());
      assertThat(shop.address()).doesNotContain(shop.server().password());
      orders = orders(shop);
    }
    try (ShopDatabase shop = ShopDatabase.start(own, PostgresOptions.fast(), SIZE, SEED)) {
      assertThat(orders(shop)).isEqualTo(orders).isPositive();
    }
  }

  private static long orders(ConnectionSource source) throws SQLException {
    try (Connection connection = source.open();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM orders")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Test
  void keepsToItsRate() throws Exception {
    ConnectionSource source = database("paced");
    ShopSchema.create(source, SIZE, SEED);
    try (ShopWorkload workload =
        ShopWorkload.start(source, WorkloadOptions.shop(SEED, 200, Duration.ofSeconds(2)))) {
      // Each connection may be one transaction ahead of its schedule.
      assertThat(workload.await().rowChanges()).isBetween(300L, 500L);
    }
  }

  @Test
  void reportsAFailedStatement() throws Exception {
    ConnectionSource source = database("broken");
    ShopSchema.create(source, SIZE, SEED);
    execute("broken", "ALTER TABLE orders DROP COLUMN channel");
    try (ShopWorkload workload =
        ShopWorkload.start(source, WorkloadOptions.repeatable(Style.SHOP, SEED, 100))) {
      assertThatThrownBy(workload::await)
          .isInstanceOf(FreshetException.class)
          .hasMessageContaining("Failed to run the workload")
          .hasMessageContaining("channel");
    }
  }

  private static Map<String, String> run(String database, WorkloadOptions options)
      throws Exception {
    ConnectionSource source = database(database);
    ShopSchema.create(source, SIZE, SEED);
    WorkloadReport report;
    try (ShopWorkload workload = ShopWorkload.start(source, options)) {
      report = workload.await();
    }
    System.out.println(database + " seed " + options.seed() + ": " + report);
    Map<String, String> checksums = new TreeMap<>();
    for (String table : ShopSchema.TABLES) {
      checksums.put(
          table,
          text(
              database,
              "SELECT count(*) || ' ' || sum(hashtextextended(t::text, 0)::numeric) FROM "
                  + table
                  + " t"));
    }
    return checksums;
  }

  private static ConnectionSource database(String name) throws SQLException {
    postgres.createDatabase(name);
    return () -> postgres.connect(name);
  }

  private static long number(String database, String sql) throws SQLException {
    return Long.parseLong(text(database, sql));
  }

  private static String text(String database, String sql) throws SQLException {
    try (Connection connection = postgres.connect(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void execute(String database, String sql) throws SQLException {
    try (Connection connection = postgres.connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
