package dev.freshet.bench.kill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Changes the models of a copy of the shop at random: in rows, in columns, in being there. */
final class ModelEdits {
  private static final String ORDERS = "models/silver/orders_clean.sql";
  private static final String ORDERS_IN_POSTGRES = "verify/silver/orders_clean.sql";
  private static final String CITIES = "models/gold/served_cities.sql";
  private static final String CHANNELS = "models/gold/channels.sql";

  private static final String LAST_CONDITION = "status <> 'cancelled'";

  private final Path folder;
  private final Random random;
  private final String orders;
  private final String ordersInPostgres;
  private final String cities;

  private ModelEdits(Path folder, Random random) throws IOException {
    this.folder = folder;
    this.random = random;
    this.orders = Files.readString(folder.resolve(ORDERS));
    this.ordersInPostgres = Files.readString(folder.resolve(ORDERS_IN_POSTGRES));
    this.cities = Files.readString(folder.resolve(CITIES));
  }

  /**
   * @param folder of a copy of the shop
   */
  static ModelEdits of(Path folder, Random random) throws IOException {
    return new ModelEdits(folder, random);
  }

  void edit() throws IOException {
    if (random.nextBoolean()) {
      String more = " AND total > " + random.nextInt(500);
      Files.writeString(folder.resolve(ORDERS), filtered(orders, more));
      Files.writeString(folder.resolve(ORDERS_IN_POSTGRES), filtered(ordersInPostgres, more));
    }
    if (random.nextBoolean()) {
      boolean whole = random.nextBoolean();
      Files.writeString(
          folder.resolve(CITIES), whole ? cities : cities.replace("city, channel", "city"));
    }
    if (random.nextBoolean()) {
      Files.writeString(
          folder.resolve(CHANNELS),
          "SELECT channel, COUNT(*) AS n FROM orders GROUP BY channel HAVING COUNT(*) > "
              + random.nextInt(20));
    } else if (random.nextBoolean()) {
      Files.deleteIfExists(folder.resolve(CHANNELS));
    }
  }

  private static String filtered(String sql, String more) {
    int at = sql.lastIndexOf(LAST_CONDITION) + LAST_CONDITION.length();
    return sql.substring(0, at) + more + sql.substring(at);
  }
}
