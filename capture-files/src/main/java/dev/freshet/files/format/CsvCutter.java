package dev.freshet.files.format;

import dev.freshet.capture.rows.CsvDialect;
import dev.freshet.capture.rows.RowFormat;
import java.util.Arrays;
import java.util.Optional;

/** Cuts CSV, without its first line if that names the columns. */
final class CsvCutter implements Cutter {
  private final CsvDialect dialect;

  /**
   * @param dialect with the names of the columns
   */
  CsvCutter(CsvDialect dialect) {
    this.dialect = dialect;
  }

  @Override
  public int end(byte[] bytes, int from, int to, boolean isEnd) {
    return CsvFields.recordEnd(bytes, from, to, isEnd, dialect.delimiter(), dialect.quote());
  }

  /** As the decoder passes over them. */
  @Override
  public boolean isBlank(byte[] bytes, int from, int to) {
    return bytes[from] == '\n' || bytes[from] == '\r';
  }

  @Override
  public RowFormat format() {
    return RowFormat.CSV;
  }

  @Override
  public Optional<CsvDialect> dialect() {
    return Optional.of(dialect);
  }

  @Override
  public byte[] text(byte[] bytes, int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }
}
