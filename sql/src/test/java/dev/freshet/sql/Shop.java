package dev.freshet.sql;

import static dev.freshet.core.type.Column.notNull;
import static dev.freshet.core.type.Column.nullable;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.catalog.Catalog.Relation;

/** The tables that the tests speak of. */
final class Shop {
  static final Catalog CATALOG =
      Catalog.of(
          Relation.of(
              "customers",
              Schema.of(
                  notNull("id", Simple.BIGINT),
                  notNull("name", Simple.VARCHAR),
                  nullable("country", Simple.VARCHAR),
                  nullable("profile", Simple.JSON),
                  nullable("tags", new DataType.Array(Simple.VARCHAR)),
                  notNull("created_at", Simple.TIMESTAMP_LTZ)),
              "id"),
          Relation.of(
              "products",
              Schema.of(
                  notNull("id", Simple.BIGINT),
                  notNull("sku", Simple.UUID),
                  notNull("title", Simple.VARCHAR),
                  nullable("category", Simple.VARCHAR),
                  notNull("price", new DataType.Decimal(10, 2)),
                  nullable("weight", Simple.DOUBLE)),
              "id"),
          Relation.of(
              "orders",
              Schema.of(
                  notNull("id", Simple.BIGINT),
                  notNull("customer_id", Simple.BIGINT),
                  notNull("state", Simple.VARCHAR),
                  nullable("amount", new DataType.Decimal(12, 2)),
                  nullable("priority", Simple.INTEGER),
                  nullable("due", Simple.DATE),
                  notNull("ordered_at", Simple.TIMESTAMP_LTZ)),
              "id"),
          Relation.of(
              "order_items",
              Schema.of(
                  notNull("order_id", Simple.BIGINT),
                  notNull("line", Simple.INTEGER),
                  notNull("product_id", Simple.BIGINT),
                  notNull("quantity", Simple.INTEGER),
                  notNull("unit_price", new DataType.Decimal(10, 2))),
              "order_id",
              "line"),
          Relation.of(
              "events",
              Schema.of(
                  nullable("user_id", Simple.BIGINT),
                  nullable("kind", Simple.VARCHAR),
                  nullable("at", Simple.TIMESTAMP),
                  nullable("flag", Simple.BOOLEAN),
                  nullable("small", Simple.SMALLINT),
                  nullable("ratio", Simple.REAL),
                  nullable("start", Simple.TIME),
                  nullable("payload", Simple.BINARY))));

  private Shop() {}
}
