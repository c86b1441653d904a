package dev.freshet.capture.http;

import java.util.List;

/**
 * What a source of posted rows has done since its start, and what waits.
 *
 * @param requests that came with a whole body
 * @param repeated that an earlier one had answered
 * @param overloaded that were refused because too much waited or the disk was nearly full or did
 *     not answer
 * @param keys idempotency keys that are known
 * @param keysSeconds age of the oldest of them; 0 when there is none
 */
public record HttpStatistics(
    List<Table> tables,
    long requests,
    long repeated,
    long overloaded,
    long waitingBytes,
    long waitingBytesMax,
    long keys,
    long keysSeconds) {
  /** Rows of one table. */
  public record Table(String name, long accepted, long refused) {}

  public HttpStatistics {
    tables = List.copyOf(tables);
  }

  /** Rows of all tables, refused ones too. */
  public long rows() {
    return tables.stream().mapToLong(table -> table.accepted() + table.refused()).sum();
  }
}
