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
import java.util.Set;

/** The tables and models that the simulation runs. {@link NaiveShop} says what they mean. */
final class Shop {
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

  /** Few models make a short run; each subset has what its models read. */
  private static final List<Set<String>> FEW =
      List.of(
          Set.of("large", "places"),
          Set.of("places", "paid"),
          Set.of("named", "cities"),
          Set.of("small", "streets", "large"),
          Set.of("named", "streets"));

  private Shop() {}

  /** Some of the models, in the order in which they read each other. */
  static List<Model> few(Draws draws) {
    Set<String> names = draws.pick(FEW);
    return MODELS.stream().filter(model -> names.contains(model.name())).toList();
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
