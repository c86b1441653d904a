package dev.freshet.bench.simulate;

import dev.freshet.contracts.Contract;
import dev.freshet.core.function.library.FunctionLibrary;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.model.ModelCompiler;
import dev.freshet.runtime.project.ModelDefinition;
import dev.freshet.runtime.yaml.Place;
import dev.freshet.sql.eventtime.Emit;
import dev.freshet.testing.property.Draws;
import java.time.Duration;
import java.util.List;

/**
 * The tables and models that the simulation runs. {@link NaiveShop} says what they mean.
 *
 * @param models in the order in which they read each other
 */
record Shop(List<Contract> tables, List<Model> models) {
  static final String CUSTOMERS = "customers";
  static final String ORDERS = "orders";
  static final String PAYMENTS = "payments";

  private static final DataType MONEY = new DataType.Decimal(10, 2);

  /** The first column of each is the key. */
  static final List<Contract> TABLES =
      List.of(
          table(
              CUSTOMERS,
              Column.notNull("id", Simple.BIGINT),
              Column.notNull("name", Simple.VARCHAR),
              Column.nullable("city", Simple.VARCHAR),
              Column.nullable("note", Simple.VARCHAR)),
          table(
              ORDERS,
              Column.notNull("id", Simple.BIGINT),
              Column.nullable("customer", Simple.BIGINT),
              Column.notNull("amount", MONEY),
              Column.nullable("note", Simple.VARCHAR)),
          table(
              PAYMENTS,
              Column.notNull("id", Simple.BIGINT),
              Column.nullable("paid_order", Simple.BIGINT),
              Column.notNull("amount", MONEY)));

  /**
   * Every kind of lake table is there: with a proven key and, for the places, without one; and of
   * two models the lake alone has the rows.
   */
  static final List<Model> MODELS =
      ModelCompiler.compile(
          TABLES,
          List.of(
              model("silver", "large", "SELECT id, customer, amount FROM orders WHERE amount > 50"),
              model("silver", "places", "SELECT city FROM customers WHERE city IS NOT NULL"),
              passing("small", "SELECT id, customer, amount FROM orders WHERE amount < 20"),
              passing("streets", "SELECT city, note FROM customers WHERE note IS NOT NULL"),
              model(
                  "gold",
                  "named",
                  "SELECT o.id, o.amount, o.note, c.name, c.city FROM orders o"
                      + " JOIN customers c ON o.customer = c.id"),
              model(
                  "gold",
                  "cities",
                  "SELECT city, COUNT(*) AS orders, SUM(amount) AS amount, MAX(amount) AS largest"
                      + " FROM named GROUP BY city"),
              model(
                  "gold",
                  "paid",
                  "SELECT o.id, o.amount, p.amount AS paid FROM orders o"
                      + " LEFT JOIN payments p ON p.paid_order = o.id")),
          FunctionLibrary.NONE);

  /** All of it. */
  static final Shop WHOLE = new Shop(TABLES, MODELS);

  /** Few tables and models make a short run: more of them see more plans. */
  private static final List<Shop> PARTS =
      List.of(
          part(List.of(ORDERS), List.of("large")),
          part(List.of(CUSTOMERS), List.of("places")),
          part(List.of(CUSTOMERS), List.of("streets")),
          part(List.of(ORDERS, PAYMENTS), List.of("paid")),
          part(List.of(ORDERS), List.of("small", "large")),
          part(List.of(CUSTOMERS, ORDERS), List.of("named", "cities")),
          part(List.of(CUSTOMERS, ORDERS, PAYMENTS), List.of("places", "paid")));

  /** A part that is whole in itself: its models read no others than its own tables and models. */
  static Shop part(Draws draws) {
    return draws.pick(PARTS);
  }

  private static Shop part(List<String> tables, List<String> models) {
    return new Shop(
        TABLES.stream().filter(table -> tables.contains(table.table())).toList(),
        MODELS.stream().filter(model -> models.contains(model.name())).toList());
  }

  boolean has(String table) {
    return tables.stream().anyMatch(each -> each.table().equals(table));
  }

  static Contract contract(String table) {
    return TABLES.stream().filter(t -> t.table().equals(table)).findFirst().orElseThrow();
  }

  private static Contract table(String name, Column... columns) {
    return new Contract(
        name, Schema.of(columns), List.of(columns[0].name()), "a simulated table", "");
  }

  private static ModelDefinition model(String layer, String name, String sql) {
    return model(layer, name, sql, Keep.ALL);
  }

  /** A model that keeps no rows. */
  private static ModelDefinition passing(String name, String sql) {
    return model("silver", name, sql, Keep.NONE);
  }

  private static ModelDefinition model(String layer, String name, String sql, Keep keep) {
    String file = "models/" + layer + "/" + name + ".sql";
    return new ModelDefinition(
        name,
        layer,
        file,
        sql,
        new Place(file, 1, 1, sql),
        "",
        List.of(),
        Duration.ofSeconds(1),
        Emit.CHANGES,
        keep);
  }
}
