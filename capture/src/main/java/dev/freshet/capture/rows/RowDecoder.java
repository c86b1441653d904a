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
  private final String what;
  private final int refusedMax;

  /** Of texts that are bodies of requests. */
  public RowDecoder(Contract contract, UnknownFields unknown) {
    this(contract, unknown, "body", RowsBuilder.REFUSED_MAX);
  }

  /**
   * @param what holds the rows, for messages: {@code body}, {@code file}
   * @param refusedMax rows of one text that may not fit; with more it is refused as a whole
   */
  public RowDecoder(Contract contract, UnknownFields unknown, String what, int refusedMax) {
    this.fields = new TableFields(contract, unknown);
    this.what = what;
    this.refusedMax = refusedMax;
  }

  /**
   * @param attributes of the event, for {@link RowFormat#EVENT_DATA}; else empty
   * @param usual what a row does that does not say it
   * @param bytes hold the text from the first to {@code length}; not kept
   * @param budget for the nested values that come of it
   * @throws FreshetException {@link ErrorCode#REQUEST_INVALID} for a text that cannot be cut into
   *     rows, or holds too many that do not fit; {@link ErrorCode#LIMIT_EXCEEDED} for too many rows
   */
  public DecodedRows decode(
      RowFormat format,
      Map<String, String> attributes,
      RowChange usual,
      byte[] bytes,
      int length,
      ByteBudget budget) {
    RowsBuilder rows = begin(usual, bytes, length);
    JsonRows json = new JsonRows(fields, rows, budget, what, bytes, length);
    EventRows events = new EventRows(fields, rows, json, budget);
    switch (format) {
      case JSON -> json.readAll(json::fill);
      case JSON_LINES -> json.readLines();
      case CSV -> readCsv(CsvDialect.STANDARD, rows, bytes, length, budget);
      case EVENT_DATA -> json.readAll(cursor -> events.fill(attributes, cursor));
      case EVENT, EVENT_BATCH -> json.readAll(events::fill);
    }
    return rows.build();
  }

  /** As {@link #decode}, of CSV in this dialect. */
  public DecodedRows decodeCsv(
      CsvDialect dialect, RowChange usual, byte[] bytes, int length, ByteBudget budget) {
    RowsBuilder rows = begin(usual, bytes, length);
    readCsv(dialect, rows, bytes, length, budget);
    return rows.build();
  }

  private void readCsv(
      CsvDialect dialect, RowsBuilder rows, byte[] bytes, int length, ByteBudget budget) {
    new CsvRows(fields, rows, budget, dialect, what, bytes, length).readAll();
  }

  private RowsBuilder begin(RowChange usual, byte[] bytes, int length) {
    int invalid = Utf8.firstInvalid(bytes, length);
    if (invalid >= 0) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot read the "
              + what
              + ": it is not UTF-8 (byte "
              + (invalid + 1)
              + " of "
              + length
              + ").");
    }
    int expected = Math.clamp(length / ROW_BYTES_GUESSED, 1, ROWS_EXPECTED_MAX);
    return new RowsBuilder(fields.contract(), usual, expected, refusedMax);
  }
}
