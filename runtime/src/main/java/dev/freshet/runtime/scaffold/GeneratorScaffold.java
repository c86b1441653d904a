package dev.freshet.runtime.scaffold;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files of a new project whose rows are made up. */
public final class GeneratorScaffold {
  private static final Map<String, Map<String, String>> MODELS =
      Map.of(
          "orders",
          Map.of(
              "revenue_by_country",
              """
              /*
              description: What is ordered from each country, without what was cancelled
              key: [country]
              */
              SELECT c.country, COUNT(*) AS orders, SUM(o.amount) AS revenue
              FROM orders AS o JOIN customers AS c ON o.customer_id = c.id
              WHERE o.status <> 'cancelled'
              GROUP BY c.country
              """,
              "best_sellers",
              """
              /*
              description: How much of each product was ordered
              key: [product]
              */
              SELECT product, SUM(quantity) AS pieces, SUM(quantity * price) AS revenue
              FROM order_items
              GROUP BY product
              """),
          "payments",
          Map.of(
              "money_in_circles",
              """
              /*
              description: Payments that came back to where they began, over three others, nearly whole
              */
              SELECT a.id AS first_payment, a.from_account AS account, a.amount
              FROM payments AS a
              JOIN payments AS b ON b.from_account = a.to_account AND b.id BETWEEN a.id + 1 AND a.id + 20
                AND b.amount BETWEEN a.amount * 0.9 AND a.amount
              JOIN payments AS c ON c.from_account = b.to_account AND c.id BETWEEN b.id + 1 AND b.id + 20
                AND c.amount BETWEEN a.amount * 0.9 AND a.amount
              JOIN payments AS d ON d.from_account = c.to_account AND d.to_account = a.from_account
                AND d.id BETWEEN c.id + 1 AND c.id + 20
              """),
          "sensors",
          Map.of(
              "wear",
              """
              /*
              description: The mean and the highest vibration of each machine
              key: [id]
              */
              SELECT s.id, s.site, s.model, AVG(r.vibration) AS mean_vibration, MAX(r.vibration) AS highest
              FROM sensors AS s JOIN readings AS r ON r.sensor_id = s.id
              GROUP BY s.id, s.site, s.model
              """),
          "clicks",
          Map.of(
              "visits",
              """
              /*
              description: Each visit with its clicks, and whether it came to the payment
              key: [session_id]
              */
              SELECT session_id, COUNT(*) AS clicks, MIN(clicked_at) AS begun_at,
                BOOL_OR(page = '/pay') AS has_paid
              FROM clicks
              GROUP BY session_id
              """));

  private GeneratorScaffold() {}

  /**
   * Writes the project.
   *
   * @param data the kind of data
   * @param tables that it has
   * @return the paths written
   */
  public static List<String> write(Path folder, String data, List<String> tables) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("freshet.yaml", Scaffold.mainFile(Scaffold.projectName(folder)));
    files.put(
        "sources/made.yaml",
        """
        # Made-up rows: the same for the same seed. rate: events a second; limit: how many there are.
        kind: generator
        data: %s
        seed: 1
        rate: 10
        tables: [%s]
        """
            .formatted(data, String.join(", ", tables)));
    MODELS
        .getOrDefault(data, Map.of())
        .forEach((name, sql) -> files.put("models/gold/" + name + ".sql", sql));
    FolderWriter.write(folder, files);
    return List.copyOf(files.keySet());
  }
}
