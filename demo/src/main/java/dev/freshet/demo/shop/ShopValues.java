package dev.freshet.demo.shop;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The shop's values, all from one seed: the same calls in the same order give the same values on
 * every machine. Some texts and documents are large and incompressible, so that PostgreSQL moves
 * them out of the row (TOAST). Not thread-safe.
 */
final class ShopValues {
  static final List<String> CHANNELS = List.of("web", "app", "store", "phone");

  private static final List<String> COUNTRIES =
      List.of("DE", "FR", "PL", "IT", "ES", "NL", "SE", "CH", "US", "JP");
  private static final List<String> FIRST_NAMES =
      List.of("Ada", "Émile", "Jürgen", "Zoë", "Łukasz", "Mary", "Sophie", "Kurt", "Grace", "Åsa");
  private static final List<String> LAST_NAMES =
      List.of("Lovelace", "Noether", "Hopper", "Gödel", "Germain", "Turing", "O'Neil", "Škoda");
  private static final List<String> TAGS =
      List.of("new", "vip", "b2b", "newsletter", "needs \"care\"", "back\\slash", "a,b", "日本");
  private static final List<String> CATEGORIES =
      List.of("books", "garden", "kitchen", "music", "sports", "toys");
  private static final List<String> COLORS = List.of("red", "green", "blue", "black", "white");
  private static final List<String> CITIES =
      List.of("Berlin", "Lyon", "Gdańsk", "Roma", "Sevilla", "Utrecht", "Malmö", "Zürich");

  /** More than the 8 kB page, so that it can only be stored outside of the row. */
  private static final int LARGE_BYTES = 9_000;

  private final SplittableRandom random;

  ShopValues(long seed) {
    this.random = new SplittableRandom(seed);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  long between(long first, long last) {
    return random.nextLong(first, last + 1);
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** A row of table customers, in the order of {@link ShopSql#insertCustomers}. */
  @Nullable Object[] customer(long id, Instant opened) {
    String first = pick(FIRST_NAMES);
    String last = pick(LAST_NAMES);
    return new @Nullable Object[] {
      id,
      uuid(),
      "  " + first + "." + last + id + "@Example.com",
      first + " " + last,
      pick(COUNTRIES),
      chance(90) ? LocalDate.of(1940, 1, 1).plusDays(below(25_000)).toString() : null,
      textArray(),
      preferences(id),
      loyaltyScore(),
      chance(95),
      opened.plusSeconds(below(10_000_000)).plusNanos(below(1_000_000) * 1000L).toString()
    };
  }

  /** A row of table products, in the order of {@link ShopSql#insertProducts}. */
  @Nullable Object[] product(int id) {
    String category = pick(CATEGORIES);
    String color = pick(COLORS);
    return new @Nullable Object[] {
      id,
      String.format("SKU-%05d-%s", id, color.substring(0, 1)),
      color + " thing for " + category + " no. " + id,
      category,
      price(id),
      chance(80) ? random.nextDouble() * 20 : null,
      chance(70) ? between(1, 5) : null,
      "{" + between(30, 40) + "," + between(41, 50) + ",NULL}",
      attributes(color),
      id % 10 == 0 ? largeText() : "A " + color + " thing, useful for " + category + ".",
      chance(50) ? HexFormat.of().formatHex(bytes(1 + below(60))) : null,
      LocalDate.of(2020, 1, 1).plusDays(below(2_000)).toString()
    };
  }

  /** A product's price when the shop opens; orders take it as their unit price. */
  static BigDecimal price(int productId) {
    long cents = 199L + Math.floorMod(productId * 7_919L, 19_800);
    return BigDecimal.valueOf(cents, 2);
  }

  BigDecimal discount() {
    return BigDecimal.valueOf(chance(70) ? 0L : between(1, 25) * 100 + below(2) * 25L, 4);
  }

  double loyaltyScore() {
    return random.nextDouble() * 100;
  }

  String channel() {
    return pick(CHANNELS);
  }

  String paymentMethod() {
    return List.of("card", "transfer", "wallet", "invoice").get(below(4));
  }

  UUID uuid() {
    return new UUID(
        (random.nextLong() & ~0xF000L) | 0x4000L,
        (random.nextLong() & ~(0xC0L << 56)) | (0x80L << 56));
  }

  String shipping() {
    String express = chance(20) ? "true" : "false";
    return "{\"city\": \"%s\", \"zip\": \"%05d\", \"express\": %s, \"geo\": {\"lat\": %d.%03d}}"
        .formatted(pick(CITIES), below(100_000), express, below(80), below(1000));
  }

  /** One order in fifty has a note of more than 8 kB, one in five a short one. */
  @Nullable String note() {
    int kind = below(50);
    if (kind == 0) {
      return largeText();
    }
    return kind <= 10 ? "Please ring twice. " + below(1000) + "\n\tThank you!" : null;
  }

  @Nullable String receipt() {
    return chance(60)
        ? "{\"terminal\": \"T%03d\", \"fee\": 0.%02d, \"ok\": true}"
            .formatted(below(300), below(100))
        : null;
  }

  /** Text that the server's compression cannot shrink below a page. */
  String largeText() {
    return new String(Base64.getEncoder().encode(bytes(LARGE_BYTES)), StandardCharsets.US_ASCII);
  }

  private String preferences(long id) {
    String language = pick(List.of("de", "fr", "pl", "en", "ja"));
    String large = id % 20 == 0 ? ", \"history\": \"" + largeText() + "\"" : "";
    return "{\"language\": \"%s\", \"newsletter\": %b, \"limit\": %d%s}"
        .formatted(language, chance(40), below(5000), large);
  }

  private String attributes(String color) {
    return "{\"color\": \"%s\", \"size\": {\"width\": %d, \"height\": %d}, \"eco\": %s}"
        .formatted(color, below(200), below(200), chance(30) ? "true" : "null");
  }

  /** A text[] as PostgreSQL reads it, with values that need quoting. */
  private String textArray() {
    StringBuilder array = new StringBuilder("{");
    int count = below(4);
    for (int i = 0; i < count; i++) {
      String tag = pick(TAGS).replace("\\", "\\\\").replace("\"", "\\\"");
      array.append(i == 0 ? "\"" : ",\"").append(tag).append('"');
    }
    return array.append('}').toString();
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private String pick(List<String> values) {
    return values.get(random.nextInt(values.size()));
  }
}
