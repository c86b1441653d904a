package dev.freshet.peer.flink;

import dev.freshet.measure.EventCursor;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.core.memory.MemorySegmentFactory;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.binary.BinaryStringData;

/**
 * The three kinds of events, each with its fields in the order of the file, and how they become one
 * row of the table {@code events}: the kind, a row of each kind of which one is set, the time.
 */
final class EventLayout {
  static final int PERSON = 0;
  static final int AUCTION = 1;
  static final int BID = 2;

  private static final int TIME_FIELD = 4;
  private static final int MICROS_A_MILLI = 1_000;

  /** By kind: B for BIGINT, S for STRING, T for TIMESTAMP(3), D for the event's own time. */
  private static final String[] FIELDS = {"BSSSSSDS", "BSSBBDTBBS", "BBBSSDS"};

  private final GenericRowData[] parts = new GenericRowData[FIELDS.length];
  private final GenericRowData row = new GenericRowData(TIME_FIELD + 1);
  private MemorySegment[] segments = {};

  EventLayout() {
    for (int kind = 0; kind < FIELDS.length; kind++) {
      parts[kind] = new GenericRowData(FIELDS[kind].length());
    }
  }

  /** Says that the cursor goes on to a block. */
  void on(byte[] block) {
    segments = new MemorySegment[] {MemorySegmentFactory.wrap(block)};
  }

  /** The cursor's event. The row is filled anew by the next call; texts are not copied. */
  GenericRowData read(EventCursor cursor) {
    int kind = cursor.kind();
    GenericRowData part = parts[kind];
    String fields = FIELDS[kind];
    for (int i = 0; i < fields.length(); i++) {
      part.setField(i, field(cursor, fields.charAt(i)));
    }
    row.setField(0, kind);
    for (int other = 0; other < parts.length; other++) {
      row.setField(other + 1, other == kind ? part : null);
    }
    row.setField(TIME_FIELD, part.getField(fields.indexOf('D')));
    return row;
  }

  private Object field(EventCursor cursor, char type) {
    return switch (type) {
      case 'B' -> cursor.number();
      case 'S' -> {
        cursor.text();
        yield BinaryStringData.fromAddress(segments, cursor.textStart(), cursor.textLength());
      }
      default -> TimestampData.fromEpochMillis(cursor.number() / MICROS_A_MILLI);
    };
  }

  /** The table over the file, and a view for each kind. */
  static String[] tables(String file, long events) {
    return new String[] {
      """
      CREATE TABLE events (
        event_type INT,
        person ROW<id BIGINT, name STRING, email_address STRING, credit_card STRING, city STRING,
          state STRING, date_time TIMESTAMP(3), extra STRING>,
        auction ROW<id BIGINT, item_name STRING, description STRING, initial_bid BIGINT,
          reserve BIGINT, date_time TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT,
          category BIGINT, extra STRING>,
        bid ROW<auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING,
          date_time TIMESTAMP(3), extra STRING>,
        date_time TIMESTAMP(3),
        WATERMARK FOR date_time AS date_time - INTERVAL '4' SECOND
      ) WITH ('connector' = 'event-file', 'path' = '%s', 'events' = '%d')
      """
          .formatted(file, events),
      """
      CREATE TEMPORARY VIEW person AS
      SELECT person.id, person.name, person.email_address, person.credit_card, person.city,
        person.state, date_time, person.extra FROM events WHERE event_type = 0
      """,
      """
      CREATE TEMPORARY VIEW auction AS
      SELECT auction.id, auction.item_name, auction.description, auction.initial_bid,
        auction.reserve, date_time, auction.expires, auction.seller, auction.category,
        auction.extra FROM events WHERE event_type = 1
      """,
      """
      CREATE TEMPORARY VIEW bid AS
      SELECT bid.auction, bid.bidder, bid.price, bid.channel, bid.url, date_time, bid.extra
      FROM events WHERE event_type = 2
      """,
      """
      CREATE TABLE side_input (id BIGINT, label STRING) WITH ('connector' = 'side-input')
      """
    };
  }
}
