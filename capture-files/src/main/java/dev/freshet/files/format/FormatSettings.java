package dev.freshet.files.format;

import dev.freshet.files.format.CsvStyle.Header;
import java.util.List;
import java.util.Optional;

/**
 * What is said of files; what is not, each file tells itself.
 *
 * @param format of all of them, whatever their names
 * @param delimiter of CSV
 * @param quote of CSV
 * @param header what the first line of CSV is
 */
public record FormatSettings(
    Optional<FileFormat> format,
    Optional<Byte> delimiter,
    Optional<Byte> quote,
    Optional<Header> header) {
  /** Nothing is said. */
  public static final FormatSettings SNIFFED =
      new FormatSettings(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** The format of a file of this name; empty when nothing tells it. */
  public Optional<FileFormat> formatOf(String name) {
    return format.or(() -> FileFormat.ofName(name));
  }

  /** How a text is written, by its beginning and what is said. */
  CsvStyle style(byte[] sample, int length, List<String> columns) {
    return new CsvSniffer(this, sample, length).style(columns);
  }
}
