package dev.freshet.deliver;

import dev.freshet.core.type.Schema;

/**
 * What a sink writes.
 *
 * @param project the project's name
 * @param sink the sink's name in the project
 * @param relation the table or model
 * @param keyColumns positions of the columns that identify a row; none when rows may repeat
 */
@SuppressWarnings("ArrayRecordComponent") // read-only by contract
public record SinkInput(
    String project, String sink, String relation, Schema schema, int[] keyColumns) {
  public boolean hasKey() {
    return keyColumns.length > 0;
  }
}
