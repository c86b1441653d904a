package dev.freshet.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.type.Schema;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.catalog.Catalog.Relation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The models of the shop example compile, each over those before it. */
class ExampleModelsTest {
  private static final Path MODELS = Path.of("../examples/shop/models");
  private static final Pattern KEY = Pattern.compile("(?m)^key: \\[(.*)]$");

  private static final String TABLES =
      """
      CREATE TABLE customers (customer_id BIGINT PRIMARY KEY, external_id UUID NOT NULL,
        email TEXT NOT NULL, full_name TEXT NOT NULL, country VARCHAR(2) NOT NULL, birth_date DATE,
        tags TEXT[] NOT NULL, preferences JSON NOT NULL, loyalty_score DOUBLE NOT NULL,
        is_active BOOLEAN NOT NULL, created_at TIMESTAMP_LTZ NOT NULL);
      CREATE TABLE products (product_id INTEGER PRIMARY KEY, sku TEXT NOT NULL, name TEXT NOT NULL,
        category TEXT NOT NULL, price NUMERIC(12, 2) NOT NULL, weight_kg DOUBLE, rating SMALLINT,
        sizes INTEGER[] NOT NULL, attributes JSON NOT NULL, description TEXT NOT NULL,
        thumbnail BYTES, introduced_on DATE NOT NULL);
      CREATE TABLE orders (order_id BIGINT PRIMARY KEY, customer_id BIGINT NOT NULL,
        status TEXT NOT NULL, channel TEXT NOT NULL, ordered_at TIMESTAMP NOT NULL,
        updated_at TIMESTAMP_LTZ NOT NULL, total NUMERIC(12, 2) NOT NULL,
        discount NUMERIC(5, 4) NOT NULL, shipping JSON NOT NULL, note TEXT);
      CREATE TABLE order_items (order_id BIGINT NOT NULL, line_no SMALLINT NOT NULL,
        product_id INTEGER NOT NULL, quantity INTEGER NOT NULL, unit_price NUMERIC(12, 2) NOT NULL,
        is_gift BOOLEAN NOT NULL, PRIMARY KEY (order_id, line_no));
      CREATE TABLE payments (payment_id UUID PRIMARY KEY, order_id BIGINT NOT NULL,
        method TEXT NOT NULL, amount NUMERIC(12, 2) NOT NULL, paid_at TIMESTAMP_LTZ NOT NULL,
        is_refunded BOOLEAN NOT NULL, receipt JSON)
      """;

  @Test
  void compileInOrderAndHaveTheirKeys() throws IOException {
    Map<String, Relation> relations = tables();
    List<Path> waiting = new ArrayList<>(models());
    assertThat(waiting).isNotEmpty();
    while (!waiting.isEmpty()) {
      Path next = nextReady(waiting, relations);
      waiting.remove(next);
      String name = name(next);
      ModelFile file = ModelFile.read(Files.readString(next), next.toString());
      CompiledQuery query = new SqlCompiler(Catalog.of(relations.values())).model(file.sql());
      Matcher key = KEY.matcher(file.settings().orElseThrow().text());
      assertThat(key.find()).as("key of " + name).isTrue();
      List<String> declared = List.of(key.group(1).split(", *"));
      // What is derived is as short as what is declared, or the declared one rests on knowledge of
      // the data that no key tells.
      query
          .key()
          .ifPresent(derived ->
              assertThat(declared.containsAll(derived) || derived.containsAll(declared))
                  .as("key of %s: declared %s, derived %s", name, declared, derived)
                  .isTrue());
      Schema schema = query.schema();
      relations.put(name, new Relation(name, schema, List.of(declared)));
    }
  }

  private static Map<String, Relation> tables() {
    Map<String, Relation> relations = new LinkedHashMap<>();
    for (String sql : TABLES.split(";")) {
      Statement statement = new SqlCompiler(Catalog.of()).parse(sql.strip(), "tables");
      if (statement instanceof Statement.CreateTable(var table)) {
        relations.put(
            table.name(), new Relation(table.name(), table.schema(), List.of(table.primaryKey())));
      }
    }
    return relations;
  }

  private static List<Path> models() throws IOException {
    try (Stream<Path> files = Files.walk(MODELS)) {
      return files.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
    }
  }

  /** A model that names no other model that waits. */
  private static Path nextReady(List<Path> waiting, Map<String, Relation> done) throws IOException {
    for (Path file : waiting) {
      String text = Files.readString(file);
      boolean ready =
          waiting.stream()
              .filter(other -> !other.equals(file))
              .noneMatch(other -> text.matches("(?s).*\\b" + name(other) + "\\b.*"));
      if (ready) {
        return file;
      }
    }
    throw new AssertionError("no model is ready: " + waiting + ", done: " + done.keySet());
  }

  private static String name(Path file) {
    return file.getFileName().toString().replace(".sql", "");
  }
}
