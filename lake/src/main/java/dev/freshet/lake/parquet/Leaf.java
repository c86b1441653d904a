package dev.freshet.lake.parquet;

import dev.freshet.core.type.DataType;
import java.util.List;

/**
 * A part of a column that is stored as a column chunk of its own.
 *
 * @param path the names from the root to the values
 * @param definitionMax the definition level of a value that is there
 * @param repetitionMax how many lists it lies in
 */
record Leaf(List<String> path, DataType type, int fieldId, int definitionMax, int repetitionMax) {
  Leaf {
    path = List.copyOf(path);
  }
}
