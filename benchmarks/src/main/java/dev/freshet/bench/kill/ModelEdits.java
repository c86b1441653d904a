package dev.freshet.bench.kill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A copy of the shop whose models change at random: in rows, in columns, in being there. */
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

  static ModelEdits of(Path example, Path folder, Random random) throws IOException {
    List<Path> files;
    try (Stream<Path> tree = Files.walk(example)) {
      files = tree.filter(file -> !file.toString().contains(".freshet")).toList();
    }
    for (Path file : files) {
      Path target = folder.resolve(example.relativize(file).toString());
      if (Files.isDirectory(file)) {
        Files.createDirectories(target);
      } else {
        Files.copy(file, target);
      }
    }
    return new ModelEdits(folder, random);
  }

  Path folder() {
    return folder;
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
