package dev.freshet.capture.rows;

import dev.freshet.core.error.Check;
import java.util.List;

/**
 * How CSV is written.
 *
 * @param delimiter stands between fields; ASCII
 * @param quote stands around a field that holds delimiters or line ends; doubled within one; ASCII
 * @param names of the columns, where no line of the text names them; else empty
 */
public record CsvDialect(byte delimiter, byte quote, List<String> names) {
  /** RFC 4180, with the columns' names in the first line. */
  public static final CsvDialect STANDARD = new CsvDialect((byte) ',', (byte) '"', List.of());

  public CsvDialect {
    Check.that(delimiter > 0 && quote > 0, "dialects are ASCII", delimiter, quote);
    Check.that(delimiter != quote, "a delimiter is no quote", delimiter, quote);
    names = List.copyOf(names);
  }

  /** The same dialect of a text whose first line is a row. */
  public CsvDialect withNames(List<String> columns) {
    return new CsvDialect(delimiter, quote, columns);
  }
}
