package dev.freshet.demo.shop;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The shop's statements, each over any number of rows. Where a time comes as NULL the server's
 * clock at the statement is taken instead.
 */
final class ShopSql {
  private ShopSql() {}

  static MultiRowStatement insertCustomers(Connection connection) throws SQLException {
    return new MultiRowStatement(
        connection,
        """
        INSERT INTO customers (customer_id, external_id, email, full_name, country, birth_date,
          tags, preferences, loyalty_score, is_active, created_at)
        SELECT id, external, email, name, country, birth::date, tags::text[], preferences::jsonb,
          score, active, created::timestamptz
        FROM unnest(?::bigint[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
          ?::text[], ?::float8[], ?::bool[], ?::text[])
          AS c(id, external, email, name, country, birth, tags, preferences, score, active, created)
        """,
        "int8",
        "uuid",
        "text",
        "text",
        "text",
        "text",
        "text",
        "text",
        "float8",
        "bool",
        "text");
  }

  static MultiRowStatement insertProducts(Connection connection) throws SQLException {
    return new MultiRowStatement(
        connection,
        """
        INSERT INTO products (product_id, sku, name, category, price, weight_kg, rating, sizes,
          attributes, description, thumbnail, introduced_on)
        SELECT id, sku, name, category, price, weight, rating, sizes::integer[], attributes::jsonb,
          description, decode(thumbnail, 'hex'), introduced::date
        FROM unnest(?::integer[], ?::text[], ?::text[], ?::text[], ?::numeric[], ?::float8[],
          ?::smallint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[])
          AS p(id, sku, name, category, price, weight, rating, sizes, attributes, description,
            thumbnail, introduced)
        """,
        "int4",
        "text",
        "text",
        "text",
        "numeric",
        "float8",
        "int2",
        "text",
        "text",
        "text",
        "text",
        "text");
  }

  static MultiRowStatement insertOrders(Connection connection) throws SQLException {
    return new MultiRowStatement(
        connection,
        """
        INSERT INTO orders (order_id, customer_id, status, channel, ordered_at, updated_at, total,
          discount, shipping, note)
        SELECT id, customer, status::order_status, channel,
          coalesce(at::timestamptz, clock_timestamp()) AT TIME ZONE 'UTC',
          coalesce(at::timestamptz, clock_timestamp()), total, discount, shipping::jsonb, note
        FROM unnest(?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::numeric[],
          ?::numeric[], ?::text[], ?::text[])
          AS o(id, customer, status, channel, at, total, discount, shipping, note)
        """,
        "int8",
        "int8",
        "text",
        "text",
        "text",
        "numeric",
        "numeric",
        "text",
        "text");
  }

  static MultiRowStatement insertItems(Connection connection) throws SQLException {
    return new MultiRowStatement(
        connection,
        """
        INSERT INTO order_items (order_id, line_no, product_id, quantity, unit_price, is_gift)
        SELECT * FROM unnest(?::bigint[], ?::smallint[], ?::integer[], ?::integer[], ?::numeric[],
          ?::bool[])
        """,
        "int8",
        "int2",
        "int4",
        "int4",
        "numeric",
        "bool");
  }

  static MultiRowStatement insertPayments(Connection connection) throws SQLException {
    return new MultiRowStatement(
        connection,
        """
        INSERT INTO payments (payment_id, order_id, method, amount, paid_at, is_refunded, receipt)
        SELECT id, order_id, method::payment_method, amount,
          coalesce(at::timestamptz, clock_timestamp()), false, receipt::jsonb
        FROM unnest(?::uuid[], ?::bigint[], ?::text[], ?::numeric[], ?::text[], ?::text[])
          AS p(id, order_id, method, amount, at, receipt)
        """,
        "uuid",
        "int8",
        "text",
        "numeric",
        "text",
        "text");
  }

  static MultiRowStatement updateOrderStatus(Connection connection) throws SQLException {
    return new MultiRowStatement(
        connection,
        """
        UPDATE orders SET status = u.status::order_status,
          updated_at = coalesce(u.at::timestamptz, clock_timestamp())
        FROM unnest(?::bigint[], ?::text[], ?::text[]) AS u(id, status, at)
        WHERE order_id = u.id
        """,
        "int8",
        "text",
        "text");
  }

  static MultiRowStatement updateOrderNote(Connection connection) throws SQLException {
    return new MultiRowStatement(
        connection,
        """
        UPDATE orders SET note = u.note,
          updated_at = coalesce(u.at::timestamptz, clock_timestamp())
        FROM unnest(?::bigint[], ?::text[], ?::text[]) AS u(id, note, at)
        WHERE order_id = u.id
        """,
        "int8",
        "text",
        "text");
  }

  static MultiRowStatement addOneOfFirstItem(Connection connection) throws SQLException {
    return new MultiRowStatement(
        connection,
        "UPDATE order_items SET quantity = quantity + 1 WHERE order_id = ANY (?) AND line_no = 1",
        "int8");
  }

  static MultiRowStatement addFirstItemToTotal(Connection connection) throws SQLException {
    return new MultiRowStatement(
        connection,
        """
        UPDATE orders SET total = total + i.unit_price
        FROM order_items i
        WHERE i.order_id = orders.order_id AND i.line_no = 1 AND orders.order_id = ANY (?)
        """,
        "int8");
  }

  static MultiRowStatement refundPayments(Connection connection) throws SQLException {
    return new MultiRowStatement(
        connection, "UPDATE payments SET is_refunded = true WHERE order_id = ANY (?)", "int8");
  }

  static MultiRowStatement delete(Connection connection, String table) throws SQLException {
    return new MultiRowStatement(
        connection, "DELETE FROM " + table + " WHERE order_id = ANY (?)", "int8");
  }

  static MultiRowStatement updateProductPrice(Connection connection) throws SQLException {
    return new MultiRowStatement(
        connection,
        """
        UPDATE products SET price = u.price
        FROM unnest(?::integer[], ?::numeric[]) AS u(id, price)
        WHERE product_id = u.id
        """,
        "int4",
        "numeric");
  }

  static MultiRowStatement updateCustomerScore(Connection connection) throws SQLException {
    return new MultiRowStatement(
        connection,
        """
        UPDATE customers SET loyalty_score = u.score, is_active = NOT is_active
        FROM unnest(?::bigint[], ?::float8[]) AS u(id, score)
        WHERE customer_id = u.id
        """,
        "int8",
        "float8");
  }

  static MultiRowStatement updateCustomerPreferences(Connection connection) throws SQLException {
    return new MultiRowStatement(
        connection,
        """
        UPDATE customers SET
          preferences = jsonb_set(preferences, '{limit}', to_jsonb(u.spending_limit)),
          tags = CASE WHEN cardinality(tags) < 5 THEN tags || 'changed'::text ELSE '{}' END
        FROM unnest(?::bigint[], ?::integer[]) AS u(id, spending_limit)
        WHERE customer_id = u.id
        """,
        "int8",
        "int4");
  }
}
