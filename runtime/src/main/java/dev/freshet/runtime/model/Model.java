package dev.freshet.runtime.model;

import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.runtime.project.ModelDefinition;
import dev.freshet.sql.eventtime.Emit;
import dev.freshet.sql.plan.Plan;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A compiled model.
 *
 * @param key the columns that identify a row; empty when the model has no key and its rows may
 *     repeat
 * @param keyProof whether the key follows from the SQL: then no two rows can share it
 * @param reads the tables and models that it reads
 * @param passing those of them that keep no rows
 * @param warnings what of it grows without end as rows come, and what would bound it
 */
public record Model(
    ModelDefinition definition,
    Plan plan,
    List<String> key,
    KeyProof keyProof,
    List<String> reads,
    List<String> passing,
    List<String> warnings) {
  /** Whether a key is known to be unique. */
  public enum KeyProof {
    PROVEN,
    DECLARED
  }

  public Model {
    key = List.copyOf(key);
    reads = List.copyOf(reads);
    passing = List.copyOf(passing);
    warnings = List.copyOf(warnings);
  }

  /** Whether it keeps no rows, or sees those of others only as they pass. */
  public boolean isOfPassing() {
    return definition.keep() == Keep.NONE || !passing.isEmpty();
  }

  /**
   * Whether its rows depend on where in the log it began: those of a final model, for which the
   * watermark judged what came, and those of one that sees others' rows only as they pass. All
   * others equal their query over what is there.
   */
  public boolean dependsOnHistory() {
    return definition.emit() == Emit.FINAL || isOfPassing();
  }

  public String name() {
    return definition.name();
  }

  public Schema schema() {
    return plan.schema();
  }

  /** Positions of the key's columns; all columns when there is no key. */
  public int[] keyColumns() {
    return key.isEmpty()
        ? IntStream.range(0, schema().columnCount()).toArray()
        : key.stream().mapToInt(schema()::indexOf).toArray();
  }
}
