package dev.freshet.files.format;

import dev.freshet.capture.rows.CsvDialect;
import dev.freshet.capture.rows.RowFormat;
import java.util.Optional;

/**
 * Some rows of a file, one after the other, as text.
 *
 * @param format of the text
 * @param dialect of the text when it is CSV, with the names of its columns
 * @param text UTF-8, the rows alone
 * @param places the line of each row in the file, or its number where a file has no lines; from 1
 * @param unit what {@code places} counts: {@code line} or {@code row}
 * @param after behind the last of the rows
 */
@SuppressWarnings("ArrayRecordComponent") // read-only by contract
public record RowBatch(
    RowFormat format,
    Optional<CsvDialect> dialect,
    byte[] text,
    long[] places,
    String unit,
    Place after) {
  /** How many rows there are. */
  public int rows() {
    return places.length;
  }
}
