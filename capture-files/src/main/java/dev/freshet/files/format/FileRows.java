package dev.freshet.files.format;

import java.util.List;
import java.util.Optional;

/** The rows of one file, in batches of bounded size. One thread owns it. */
public interface FileRows extends AutoCloseable {
  /** Rows of a batch, at most. */
  int BATCH_ROWS = 10_000;

  /** Bytes of a batch's text, about at most: a single longer row is a batch. */
  int BATCH_BYTES = 1 << 20;

  /** Bytes of one row. */
  int ROW_BYTES_MAX = 16 << 20;

  /**
   * The next rows; empty behind the last.
   *
   * @throws FileProblem when the file cannot be read on
   */
  Optional<RowBatch> next();

  /** How its text is written, if it is CSV. */
  default Optional<CsvStyle> style() {
    return Optional.empty();
  }

  /** The names of its columns, as far as they stand apart from the rows. */
  default List<String> names() {
    return List.of();
  }

  @Override
  void close();
}
