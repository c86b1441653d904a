package dev.freshet.files.format;

import dev.freshet.capture.rows.CsvDialect;
import dev.freshet.capture.rows.RowFormat;
import java.util.Optional;

/** Finds where rows end in a text. One thread owns it. */
interface Cutter {
  /**
   * Where the row that begins at {@code from} ends, with what stands behind it before the next; -1
   * when more bytes are needed.
   *
   * @param isEnd whether no bytes follow those up to {@code to}
   * @throws FileProblem when no row can be made out
   */
  int end(byte[] bytes, int from, int to, boolean isEnd);

  /** Whether there is no row between the places, only space. */
  boolean isBlank(byte[] bytes, int from, int to);

  RowFormat format();

  default Optional<CsvDialect> dialect() {
    return Optional.empty();
  }

  /** Rows that lie between the places, as a text of {@link #format()}. */
  byte[] text(byte[] bytes, int from, int to);
}
