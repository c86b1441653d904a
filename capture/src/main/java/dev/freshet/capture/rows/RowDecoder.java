package dev.freshet.capture.rows;

import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.Map;

/**
 * Decodes texts with rows of one table. Which text each type takes stands in {@code
 * docs/reference/ingest.md}. Immutable; safe for all threads.
 */
public final class RowDecoder {
  private static final int ROW_BYTES_GUESSED = 64;
  private static final int ROWS_EXPECTED_MAX = 4_096;

  private final TableFields fields;

  public RowDecoder(Contract contract, UnknownFields unknown) {
    this.fields = new TableFields(contract, unknown);
  }

  /**
   * @param attributes of the event, for {@link RowFormat#EVENT_DATA}; else empty
   * @param usual what a row does that does not say it
   * @param bytes hold the text from the first to {@code length}; not kept
   * @throws FreshetException {@link ErrorCode#REQUEST_INVALID} for a text that cannot be cut into
   *     rows, or holds too many that do not fit; {@link ErrorCode#LIMIT_EXCEEDED} for too many rows
   */
  public DecodedRows decode(
      RowFormat format, Map<String, String> attributes, RowChange usual, byte[] bytes, int length) {
    int invalid = Utf8.firstInvalid(bytes, length);
    if (invalid >= 0) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot read the body: it is not UTF-8 (byte " + (invalid + 1) + " of " + length + ").");
    }
    int expected = Math.clamp(length / ROW_BYTES_GUESSED, 1, ROWS_EXPECTED_MAX);
    RowsBuilder rows = new RowsBuilder(fields.contract(), usual, expected);
    JsonRows json = new JsonRows(fields, rows, bytes, length);
    EventRows events = new EventRows(fields, rows, json);
    switch (format) {
      case JSON -> json.readAll(json::fill);
      case JSON_LINES -> json.readLines();
      case CSV -> new CsvRows(fields, rows, bytes, length).readAll();
      case EVENT_DATA -> json.readAll(cursor -> events.fill(attributes, cursor));
      case EVENT, EVENT_BATCH -> json.readAll(events::fill);
    }
    return rows.build();
  }
}
