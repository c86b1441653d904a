package dev.freshet.files.format;

/**
 * How a file of CSV is written.
 *
 * @param delimiter stands between fields
 * @param quote stands around fields
 * @param header whether its first line names the columns
 */
public record CsvStyle(byte delimiter, byte quote, Header header) {
  /** What the first line is. */
  public enum Header {
    NAMES,
    ROW
  }
}
