package dev.freshet.bench.nexmark;

import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Events of an auction house, with the proportions, skew and sizes of Nexmark's generator (of 50
 * events one person, three auctions, 46 bids; half of the bids on the hot auction, three quarters
 * by the hot bidder, whose number is 1000 too high as in the original; log-uniform prices). Unlike
 * the original it is seeded: the same seed gives the same events. One thread owns it.
 */
final class Events {
  static final Schema PERSON =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.notNull("name", Simple.VARCHAR),
          Column.notNull("email_address", Simple.VARCHAR),
          Column.notNull("credit_card", Simple.VARCHAR),
          Column.notNull("city", Simple.VARCHAR),
          Column.notNull("state", Simple.VARCHAR),
          Column.notNull("date_time", Simple.TIMESTAMP),
          Column.notNull("extra", Simple.VARCHAR));
  static final Schema AUCTION =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.notNull("item_name", Simple.VARCHAR),
          Column.notNull("description", Simple.VARCHAR),
          Column.notNull("initial_bid", Simple.BIGINT),
          Column.notNull("reserve", Simple.BIGINT),
          Column.notNull("date_time", Simple.TIMESTAMP),
          Column.notNull("expires", Simple.TIMESTAMP),
          Column.notNull("seller", Simple.BIGINT),
          Column.notNull("category", Simple.BIGINT),
          Column.notNull("extra", Simple.VARCHAR));
  static final Schema BID =
      Schema.of(
          Column.notNull("auction", Simple.BIGINT),
          Column.notNull("bidder", Simple.BIGINT),
          Column.notNull("price", Simple.BIGINT),
          Column.notNull("channel", Simple.VARCHAR),
          Column.notNull("url", Simple.VARCHAR),
          Column.notNull("date_time", Simple.TIMESTAMP),
          Column.notNull("extra", Simple.VARCHAR));

  /** The published rate: 100,000 events a second of event time. */
  static final long MICROS_AN_EVENT = 10;

  private static final int EPOCH_EVENTS = 50;
  private static final int AUCTIONS_AN_EPOCH = 3;
  private static final long FIRST_ID = 1000;
  private static final long START_MICROS = 1_767_225_600_000_000L;
  private static final int HOT_BATCH = 100;
  private static final int AUCTIONS_IN_FLIGHT = 100;
  private static final int ACTIVE_PEOPLE = 1000;
  private static final int AHEAD = 10;
  private static final int CHANNELS = 10_000;
  private static final List<String> STATES = List.of("AZ", "CA", "ID", "OR", "WA", "WY");
  private static final List<String> CITIES =
      List.of(
          "Phoenix",
          "Los Angeles",
          "San Francisco",
          "Boise",
          "Portland",
          "Bend",
          "Redmond",
          "Seattle",
          "Kent",
          "Cheyenne");
  private static final List<String> FIRST_NAMES =
      List.of("Ann", "Bob", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana", "Ivo", "Jan", "Kim");
  private static final List<String> LAST_NAMES =
      List.of("Abel", "Brandt", "Cole", "Duarte", "Ebert", "Fox", "Gray", "Holm", "Ito");
  private static final List<String> HOT_CHANNELS = List.of("Google", "Facebook", "Baidu", "Apple");

  private final SplittableRandom random;
  private final byte[] letters = new byte[1 << 16];
  private final long microsAnEvent;
  private long next;

  /** Events at the published rate. */
  Events(long seed) {
    this(seed, MICROS_AN_EVENT);
  }

  /**
   * @param microsAnEvent how much later each event is than the one before
   */
  Events(long seed, long microsAnEvent) {
    this.microsAnEvent = microsAnEvent;
    this.random = new SplittableRandom(seed);
    for (int i = 0; i < letters.length; i++) {
      letters[i] = (byte) ('a' + random.nextInt(26));
    }
  }

  /** The next events, as changes of the three tables. */
  List<TableChanges> next(int count) {
    BatchBuilder people = new BatchBuilder(PERSON, count / EPOCH_EVENTS + 1);
    BatchBuilder auctions = new BatchBuilder(AUCTION, count / EPOCH_EVENTS * 3 + 3);
    BatchBuilder bids = new BatchBuilder(BID, count);
    for (int i = 0; i < count; i++, next++) {
      switch (kind(next)) {
        case 0 -> person(people);
        case 1 -> auction(auctions);
        default -> bid(bids);
      }
    }
    List<TableChanges> changes = new ArrayList<>();
    add(changes, "person", people);
    add(changes, "auction", auctions);
    add(changes, "bid", bids);
    return changes;
  }

  /** What the event of this number is: 0 a person, 1 an auction, 2 a bid. */
  static int kind(long number) {
    long inEpoch = number % EPOCH_EVENTS;
    return inEpoch == 0 ? 0 : inEpoch <= AUCTIONS_AN_EPOCH ? 1 : 2;
  }

  /** The side input of q13: 10,000 numbers with a label. */
  static TableChanges sideInput() {
    Schema schema =
        Schema.of(Column.notNull("id", Simple.BIGINT), Column.notNull("label", Simple.VARCHAR));
    BatchBuilder rows = new BatchBuilder(schema, 10_000);
    for (int i = 0; i < 10_000; i++) {
      rows.row(1, (long) i, String.valueOf(i));
    }
    return TableChanges.inserts("side_input", rows.build(), 0);
  }

  private static void add(List<TableChanges> changes, String table, BatchBuilder rows) {
    if (rows.rowCount() > 0) {
      changes.add(TableChanges.inserts(table, rows.build(), 0));
    }
  }

  private long lastPerson() {
    return next / EPOCH_EVENTS;
  }

  /** How many auctions there are, the current event's included. */
  private long lastAuction() {
    long inEpoch = Math.min(next % EPOCH_EVENTS, AUCTIONS_AN_EPOCH);
    return Math.max(0, next / EPOCH_EVENTS * AUCTIONS_AN_EPOCH + inEpoch - 1);
  }

  private long micros() {
    return START_MICROS + next * microsAnEvent;
  }

  private void person(BatchBuilder rows) {
    String first = pick(FIRST_NAMES);
    String last = pick(LAST_NAMES);
    rows.column(0).appendLong(FIRST_ID + lastPerson());
    text(rows.column(1), first + " " + last);
    text(rows.column(2), letters(7) + "@" + letters(5) + ".com");
    text(rows.column(3), digits() + " " + digits() + " " + digits() + " " + digits());
    text(rows.column(4), pick(CITIES));
    text(rows.column(5), pick(STATES));
    rows.column(6).appendLong(micros());
    padding(rows.column(7), 110);
    rows.endRow(1);
  }

  private void auction(BatchBuilder rows) {
    long price = price();
    rows.column(0).appendLong(FIRST_ID + lastAuction());
    text(rows.column(1), letters(20));
    text(rows.column(2), letters(100));
    rows.column(3).appendLong(price);
    rows.column(4).appendLong(price + price());
    rows.column(5).appendLong(micros());
    long horizon = microsAnEvent * EPOCH_EVENTS * AUCTIONS_IN_FLIGHT / AUCTIONS_AN_EPOCH;
    long expires = micros() + 1_000 + random.nextLong(2 * horizon);
    rows.column(6).appendLong(expires / 1_000 * 1_000);
    rows.column(7).appendLong(FIRST_ID + hotOr(lastPerson(), 1, 4));
    rows.column(8).appendLong(10 + random.nextInt(5));
    padding(rows.column(9), 300);
    rows.endRow(1);
  }

  private void bid(BatchBuilder rows) {
    long last = lastAuction();
    boolean hot = random.nextBoolean();
    long auction =
        hot
            ? last / HOT_BATCH * HOT_BATCH
            : Math.max(0, last - AUCTIONS_IN_FLIGHT) + random.nextLong(AUCTIONS_IN_FLIGHT + AHEAD);
    rows.column(0).appendLong(FIRST_ID + auction);
    rows.column(1).appendLong(2 * FIRST_ID + hotOr(lastPerson(), 1, 4));
    rows.column(2).appendLong(price());
    channel(rows.column(3), rows.column(4));
    rows.column(5).appendLong(micros());
    padding(rows.column(6), 40);
    rows.endRow(1);
  }

  /** In all but one of {@code ratio} cases the hot person of the current hundred. */
  private long hotOr(long last, int offset, int ratio) {
    if (random.nextInt(ratio) > 0) {
      return last / HOT_BATCH * HOT_BATCH + offset;
    }
    long active = Math.min(last + 1, ACTIVE_PEOPLE);
    return last + 1 - active + random.nextLong(active + AHEAD);
  }

  private void channel(VectorBuilder channel, VectorBuilder url) {
    if (random.nextBoolean()) {
      int hot = random.nextInt(HOT_CHANNELS.size());
      text(channel, HOT_CHANNELS.get(hot));
      text(url, "https://www.example.com/hot" + hot + "/page/item.htm?query=1");
      return;
    }
    int number = random.nextInt(CHANNELS);
    text(channel, "channel-" + number);
    String parameter = number % 10 == 0 ? "" : "&channel_id=" + Math.abs(Integer.reverse(number));
    text(
        url,
        "https://www.example.com/"
            + number % 97
            + "/"
            + number % 89
            + "/item.htm?query=1"
            + parameter);
  }

  private long price() {
    return Math.round(Math.pow(10, random.nextDouble() * 6) * 100);
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private String digits() {
    return String.valueOf(1000 + random.nextInt(9000));
  }

  private String letters(int length) {
    return new String(
        letters,
        random.nextInt(letters.length - length),
        length,
        java.nio.charset.StandardCharsets.US_ASCII);
  }

  private void padding(VectorBuilder column, int average) {
    int length = average * 4 / 5 + random.nextInt(average * 2 / 5 + 1);
    column.appendBytes(letters, random.nextInt(letters.length - length), length);
  }

  private static void text(VectorBuilder column, String text) {
    Values.appendText(column, text);
  }
}
