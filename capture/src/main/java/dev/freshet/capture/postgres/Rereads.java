package dev.freshet.capture.postgres;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keys of rows whose changes did not say all of them (values that lie outside of the row and did
 * not change), while nobody knows whether the rest is in the log. They are read by their keys
 * later. One thread owns it.
 */
final class Rereads {
  /** Beyond that it is quicker to read the table. */
  private static final int KEYS_MAX = 50_000;

  /** One query's. */
  private static final int KEYS_EACH = 200;

  private final Map<Integer, List<Batch>> full = new HashMap<>();
  private final Map<Integer, BatchBuilder> keys = new HashMap<>();
  private final Map<Integer, Schema> schemas = new HashMap<>();
  private final Set<Integer> tooMany = new HashSet<>();

  /** Where to put the next key of a table; {@link #added} follows. */
  BatchBuilder next(TableShape shape) {
    int relation = shape.relation();
    List<Column> columns =
        Arrays.stream(shape.key()).mapToObj(key -> shape.schema().column(key)).toList();
    Schema schema = new Schema(columns);
    if (!schema.equals(schemas.computeIfAbsent(relation, _ -> schema))) {
      tooMany.add(relation); // another key: the table is not as it was
      schemas.put(relation, schema);
      keys.remove(relation);
      full.remove(relation);
    }
    return keys.computeIfAbsent(relation, _ -> new BatchBuilder(schema, 0));
  }

  void added(TableShape shape) {
    int relation = shape.relation();
    BatchBuilder builder = java.util.Objects.requireNonNull(keys.get(relation));
    builder.endRow(1);
    if (builder.rowCount() < KEYS_EACH) {
      return;
    }
    List<Batch> batches = full.computeIfAbsent(relation, _ -> new ArrayList<>());
    batches.add(builder.build());
    if (batches.size() * KEYS_EACH >= KEYS_MAX) {
      tooMany.add(relation);
      batches.clear();
    }
  }

  /** Whether the table is to be read whole instead. */
  boolean areTooMany(int relation) {
    return tooMany.contains(relation);
  }

  /** The keys of a table, some at a time. */
  List<Batch> of(int relation) {
    List<Batch> batches = new ArrayList<>(full.getOrDefault(relation, List.of()));
    BatchBuilder last = keys.get(relation);
    if (last != null && last.rowCount() > 0) {
      batches.add(last.build());
    }
    return batches;
  }
}
