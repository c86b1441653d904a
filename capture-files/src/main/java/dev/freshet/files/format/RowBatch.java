package dev.freshet.files.format;

import dev.freshet.capture.rows.CsvDialect;
import dev.freshet.capture.rows.RowFormat;
import java.util.ArrayList;
import java.util.List;
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
  /** The fields of a row of CSV; a field without text and without quotes is NULL. */
  public record Record(List<String> fields, boolean hasQuotes) {
    /** Whether the field is NULL; where the row has quotes at all, an empty one may be a text. */
    public boolean isNull(int index) {
      return fields.get(index).isEmpty() && !hasQuotes;
    }
  }

  /** The first rows of CSV. */
  public List<Record> records(int max) {
    List<Record> records = new ArrayList<>();
    CsvDialect of = dialect.orElseThrow();
    int at = 0;
    while (at < text.length && records.size() < max) {
      int end = CsvFields.recordEnd(text, at, text.length, true, of.delimiter(), of.quote());
      if (text[at] != '\n' && text[at] != '\r') {
        boolean hasQuotes = false;
        for (int i = at; i < end; i++) {
          hasQuotes |= text[i] == of.quote();
        }
        records.add(new Record(CsvFields.of(text, at, end, of.delimiter(), of.quote()), hasQuotes));
      }
      at = end;
    }
    return records;
  }

  /** How many rows there are. */
  public int rows() {
    return places.length;
  }
}
