package dev.freshet.database.definition;

import dev.freshet.contracts.Contract;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.Watermark;
import java.util.List;
import java.util.Optional;

/**
 * A table as CREATE TABLE made it.
 *
 * @param key columns of the primary key; empty where no rows are kept
 * @param fromOffset the first log record that may hold rows of this table: what stands before
 *     belongs to a dropped table of the same name
 * @param watermark if the rows come about in the order of a column
 * @param keep which of its rows are kept
 */
public record TableDefinition(
    String name,
    Schema schema,
    List<String> key,
    long fromOffset,
    Optional<Watermark> watermark,
    Keep keep) {
  public TableDefinition {
    key = List.copyOf(key);
  }

  public int[] keyColumns() {
    return key.stream().mapToInt(schema::indexOf).toArray();
  }

  public Contract contract() {
    return new Contract(name, schema, key, "", "", watermark, keep);
  }

  /** Tells this table from earlier and later ones of the same name. */
  public String incarnation() {
    return Long.toString(fromOffset);
  }
}
