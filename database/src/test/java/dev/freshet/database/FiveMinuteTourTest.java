package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.database.subscribe.Subscriptions.From;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The samples of docs/guides/library.md, the first of which stands in the README too: what stands
 * between the markers stands there.
 */
class FiveMinuteTourTest {
  private static final Path GUIDE = Path.of("..", "docs", "guides", "library.md");

  private static final Path README = Path.of("..", "README.md");

  @TempDir Path directory;

  @Test
  void readme() {
    // tour:readme
    try (Freshet db = Freshet.open(directory)) {
      db.execute(
          """
          CREATE TABLE orders (id BIGINT PRIMARY KEY, country VARCHAR, amount DECIMAL(12, 2))
          """);
      db.execute(
          """
          CREATE VIEW revenue AS
          SELECT country, COUNT(*) AS orders, SUM(amount) AS amount FROM orders GROUP BY country
          """);
      db.execute("INSERT INTO orders VALUES (1, 'DE', 10.00), (2, 'FR', 20.50), (3, 'DE', 30.00)");
      db.execute("UPDATE orders SET amount = 12.50 WHERE id = 1");

      for (Row row : db.query("SELECT * FROM revenue ORDER BY country")) {
        System.out.println(row);
      }
      // {country=DE, orders=2, amount=42.50}
      // {country=FR, orders=1, amount=20.50}
    }
    // tour:end
    try (Freshet db = Freshet.open(directory)) {
      assertThat(db.query("SELECT * FROM revenue ORDER BY country").stream().map(Row::toString))
          .containsExactly(
              "{country=DE, orders=2, amount=42.50}", "{country=FR, orders=1, amount=20.50}");
    }
  }

  @Test
  void transactions() {
    try (Freshet db = Freshet.open(directory)) {
      db.execute(
          "CREATE TABLE accounts (id BIGINT PRIMARY KEY, owner VARCHAR NOT NULL, balance BIGINT)");
      // tour:transaction
      WriteResult written =
          db.transaction(tx -> {
            tx.insert("accounts", 1, "Ada", 100);
            tx.insert("accounts", 2, "Grace", 50);
          });

      db.transaction(tx -> {
        Row from = tx.query("SELECT * FROM accounts WHERE id = 1").single();
        Row to = tx.query("SELECT * FROM accounts WHERE id = 2").single();
        tx.upsert("accounts", 1, from.text("owner"), from.longValue("balance") - 30);
        tx.upsert("accounts", 2, to.text("owner"), to.longValue("balance") + 30);
      });
      // tour:end
      assertThat(written.rows()).isEqualTo(2);
      assertThat(db.find("accounts", 1).orElseThrow().longValue("balance")).isEqualTo(70);
      assertThat(db.find("accounts", 2).orElseThrow().longValue("balance")).isEqualTo(80);
    }
  }

  @Test
  void subscriptions() {
    try (Freshet db = Freshet.open(directory)) {
      db.execute("CREATE TABLE orders (id BIGINT PRIMARY KEY, country VARCHAR)");
      db.execute(
          "CREATE VIEW sold AS SELECT country, COUNT(*) AS orders FROM orders GROUP BY country");
      db.execute("INSERT INTO orders VALUES (1, 'DE')");
      List<String> seen = new ArrayList<>();
      // tour:subscribe
      var subscription =
          db.subscribe(
              "sold",
              From.SNAPSHOT,
              (step, changes) -> {
                for (int row = 0; row < changes.rowCount(); row++) {
                  seen.add(changes.weight(row) + " " + new Row(changes, row));
                }
              });
      // tour:end
      db.execute("INSERT INTO orders VALUES (2, 'DE')");
      subscription.close();
      db.execute("INSERT INTO orders VALUES (3, 'DE')");
      assertThat(seen)
          .containsExactlyInAnyOrder(
              "1 {country=DE, orders=1}", "-1 {country=DE, orders=1}", "1 {country=DE, orders=2}");
    }
  }

  @Test
  void theGuideHasTheseSamples() throws Exception {
    String guide = Files.readString(GUIDE, StandardCharsets.UTF_8);
    List<String> samples = Samples.of("FiveMinuteTourTest");
    assertThat(samples).hasSize(3);
    for (String sample : samples) {
      assertThat(guide).contains("```java\n" + sample + "```");
    }
  }

  /** So that the first code that a reader sees is code that has run. */
  @Test
  void theReadmeHasNoOtherJavaThanTheFirstSample() throws Exception {
    String readme = Files.readString(README, StandardCharsets.UTF_8);
    List<String> shown =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(readme)
            .results()
            .map(block -> block.group(1))
            .toList();
    assertThat(shown).containsExactly(Samples.of("FiveMinuteTourTest").getFirst());
  }
}
