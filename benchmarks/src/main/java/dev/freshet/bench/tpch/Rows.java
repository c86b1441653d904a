package dev.freshet.bench.tpch;

import dev.freshet.testing.property.Draws;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows with the words and value ranges that the questions ask for, much smaller than the
 * benchmark's and of our own distribution. The same seed gives the same rows.
 */
final class Rows {
  private static final List<String> REGIONS =
      List.of("AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST");
  private static final List<String> NATIONS =
      List.of(
          "ALGERIA 0",
          "ARGENTINA 1",
          "BRAZIL 1",
          "CANADA 1",
          "EGYPT 4",
          "ETHIOPIA 0",
          "FRANCE 3",
          "GERMANY 3",
          "INDIA 2",
          "INDONESIA 2",
          "IRAN 4",
          "IRAQ 4",
          "JAPAN 2",
          "JORDAN 4",
          "KENYA 0",
          "MOROCCO 0",
          "MOZAMBIQUE 0",
          "PERU 1",
          "CHINA 2",
          "ROMANIA 3",
          "SAUDI ARABIA 4",
          "VIETNAM 2",
          "RUSSIA 3",
          "UNITED KINGDOM 3",
          "UNITED STATES 1");
  private static final List<String> SEGMENTS =
      List.of("AUTOMOBILE", "BUILDING", "FURNITURE", "MACHINERY", "HOUSEHOLD");
  private static final List<String> PRIORITIES =
      List.of("1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW");
  private static final List<String> MODES =
      List.of("REG AIR", "AIR", "RAIL", "SHIP", "TRUCK", "MAIL", "FOB");
  private static final List<String> INSTRUCTIONS =
      List.of("DELIVER IN PERSON", "COLLECT COD", "NONE", "TAKE BACK RETURN");
  private static final List<String> COLORS =
      List.of(
          "green", "forest", "almond", "azure", "blue", "ivory", "lemon", "navy", "plum", "snow");
  private static final List<String> TYPES_1 =
      List.of("STANDARD", "SMALL", "MEDIUM", "LARGE", "ECONOMY", "PROMO");
  private static final List<String> TYPES_2 =
      List.of("ANODIZED", "BURNISHED", "PLATED", "POLISHED", "BRUSHED");
  private static final List<String> TYPES_3 = List.of("TIN", "NICKEL", "BRASS", "STEEL", "COPPER");
  private static final List<String> CONTAINERS_1 = List.of("SM", "LG", "MED", "JUMBO", "WRAP");
  private static final List<String> CONTAINERS_2 =
      List.of("CASE", "BOX", "BAG", "JAR", "PKG", "PACK", "CAN", "DRUM");
  private static final List<Integer> SIZES = List.of(49, 14, 23, 45, 19, 3, 36, 9, 1, 10, 22, 30);
  private static final LocalDate FIRST_DAY = LocalDate.of(1992, 1, 1);
  private static final LocalDate CURRENT_DAY = LocalDate.of(1995, 6, 17);
  private static final int ORDER_DAYS = 2405;

  private final Draws draws;
  private final int customers;
  private final int parts;
  private final int suppliers;

  /** An order and its lines. */
  record Order(Object[] order, List<Object[]> lines) {}

  /**
   * @param scale 1 for 150 customers, 200 parts and 20 suppliers
   */
  Rows(Draws draws, int scale) {
    this.draws = draws;
    this.customers = 150 * scale;
    this.parts = 200 * scale;
    this.suppliers = 20 * scale;
  }

  int customers() {
    return customers;
  }

  int parts() {
    return parts;
  }

  int suppliers() {
    return suppliers;
  }

  static List<Object[]> regions() {
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < REGIONS.size(); i++) {
      rows.add(new Object[] {i, REGIONS.get(i), ""});
    }
    return rows;
  }

  static List<Object[]> nations() {
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < NATIONS.size(); i++) {
      int end = NATIONS.get(i).lastIndexOf(' ');
      int region = Integer.parseInt(NATIONS.get(i).substring(end + 1));
      rows.add(new Object[] {i, NATIONS.get(i).substring(0, end), region, ""});
    }
    return rows;
  }

  Object[] supplier(int key) {
    int nation = draws.between(0, NATIONS.size() - 1);
    String comment = draws.chance(0.1) ? "all Customer wishes, no Complaints" : "quiet deposits";
    return new Object[] {
      key,
      "Supplier " + key,
      text("street"),
      nation,
      phone(nation),
      money(-99_999, 999_999),
      comment
    };
  }

  Object[] customer(int key) {
    int nation = draws.between(0, NATIONS.size() - 1);
    return new Object[] {
      key,
      "Customer " + key,
      text("road"),
      nation,
      phone(nation),
      money(-99_999, 999_999),
      draws.pick(SEGMENTS),
      text("c")
    };
  }

  Object[] part(int key) {
    String brand = "Brand#" + draws.between(1, 5) + draws.between(1, 5);
    return new Object[] {
      key,
      draws.pick(COLORS) + " " + draws.pick(COLORS),
      "Manufacturer#" + brand.charAt(6),
      brand,
      draws.pick(TYPES_1) + " " + draws.pick(TYPES_2) + " " + draws.pick(TYPES_3),
      draws.pick(SIZES),
      draws.pick(CONTAINERS_1) + " " + draws.pick(CONTAINERS_2),
      money(90_000, 200_000),
      ""
    };
  }

  /** One of the four offers of a part; each is by another supplier. */
  Object[] offer(int part, int number) {
    return new Object[] {
      part, supplierOf(part, number), draws.between(1, 9_999), money(100, 100_000), ""
    };
  }

  private int supplierOf(int part, int number) {
    return (part + number * (suppliers / 4)) % suppliers;
  }

  Order order(int key) {
    LocalDate day = FIRST_DAY.plusDays(draws.between(0, ORDER_DAYS));
    List<Object[]> lines = new ArrayList<>();
    int count = draws.between(1, 7);
    long total = 0;
    int open = 0;
    for (int number = 1; number <= count; number++) {
      Object[] line = line(key, number, day);
      lines.add(line);
      total += ((BigDecimal) line[5]).unscaledValue().longValueExact();
      open += line[9].equals("O") ? 1 : 0;
    }
    // Every third customer has no orders, as in the specification.
    int customer = draws.between(0, customers - 1) / 3 * 3 + draws.between(0, 1);
    String status = open == 0 ? "F" : open == count ? "O" : "P";
    Object[] order = {
      key,
      Math.min(customer, customers - 1),
      status,
      BigDecimal.valueOf(total, 2),
      day,
      draws.pick(PRIORITIES),
      "Clerk " + draws.between(1, 100),
      0,
      draws.chance(0.05) ? "some special packages, requests" : text("o")
    };
    return new Order(order, lines);
  }

  private Object[] line(int order, int number, LocalDate ordered) {
    int part = draws.between(0, parts - 1);
    LocalDate shipped = ordered.plusDays(draws.between(1, 121));
    LocalDate received = shipped.plusDays(draws.between(1, 30));
    int quantity = draws.between(1, 50);
    boolean isBack = !received.isAfter(CURRENT_DAY);
    return new Object[] {
      order,
      number,
      part,
      supplierOf(part, draws.between(0, 3)),
      BigDecimal.valueOf(quantity * 100L, 2),
      BigDecimal.valueOf(quantity * draws.between(90_000L, 200_000L), 2),
      BigDecimal.valueOf(draws.between(0, 10), 2),
      BigDecimal.valueOf(draws.between(0, 8), 2),
      isBack ? (draws.chance(0.5) ? "R" : "A") : "N",
      shipped.isAfter(CURRENT_DAY) ? "O" : "F",
      shipped,
      ordered.plusDays(draws.between(30, 90)),
      received,
      draws.pick(INSTRUCTIONS),
      draws.pick(MODES),
      ""
    };
  }

  private String phone(int nation) {
    return (nation + 10) + "-" + draws.between(100, 999) + "-" + draws.between(1000, 9999);
  }

  private String text(String prefix) {
    return prefix + " " + draws.between(0, 9_999);
  }

  private BigDecimal money(int least, int most) {
    return BigDecimal.valueOf(draws.between(least, most), 2);
  }
}
