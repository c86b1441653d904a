package dev.freshet.demo.shop;

import dev.freshet.core.error.Check;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;

/** Creates the shop's tables and fills the two that everything else refers to. */
public final class ShopSchema {
  /** The tables, referenced ones first. */
  public static final List<String> TABLES =
      List.of("customers", "products", "orders", "order_items", "payments");

  /**
   * How large the shop is before its first order.
   *
   * @param customers rows of table customers, from 1
   * @param products rows of table products, from 1
   */
  public record Size(long customers, int products) {
    public Size {
      Check.that(customers > 0 && products > 0, "a shop has customers and products");
    }

    /** 1,000 customers and 200 products. */
    public static Size small() {
      return new Size(1_000, 200);
    }
  }

  private static final int ROWS_PER_STATEMENT = 500;
  private static final Instant SHOP_OPENED = Instant.parse("2026-01-01T08:00:00Z");

  private ShopSchema() {}

  /** Creates types, tables and indexes, which must not exist yet, and seeds the shop. */
  public static void create(ConnectionSource source, Size size, long seed) throws SQLException {
    try (Connection connection = source.open()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute(script());
      }
      seed(connection, size, seed);
      connection.commit();
    }
  }

  /** Whether the shop's tables stand in the database's search path. */
  public static boolean exists(ConnectionSource source) throws SQLException {
    try (Connection connection = source.open();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT to_regclass('order_items') IS NOT NULL")) {
      return rows.next() && rows.getBoolean(1);
    }
  }

  private static void seed(Connection connection, Size size, long seed) throws SQLException {
    ShopValues values = new ShopValues(seed);
    try (MultiRowStatement customers = ShopSql.insertCustomers(connection);
        MultiRowStatement products = ShopSql.insertProducts(connection)) {
      for (long id = 1; id <= size.customers(); id++) {
        customers.add(values.customer(id, SHOP_OPENED));
        executeWhenFull(customers);
      }
      for (int id = 1; id <= size.products(); id++) {
        products.add(values.product(id));
        executeWhenFull(products);
      }
      customers.execute();
      products.execute();
    }
  }

  private static void executeWhenFull(MultiRowStatement statement) throws SQLException {
    if (statement.size() == ROWS_PER_STATEMENT) {
      statement.execute();
    }
  }

  private static String script() {
    try (InputStream in = ShopSchema.class.getResourceAsStream("schema.sql")) {
      if (in == null) {
        throw new IllegalStateException("Cannot find schema.sql on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Failed to read schema.sql", e);
    }
  }
}
