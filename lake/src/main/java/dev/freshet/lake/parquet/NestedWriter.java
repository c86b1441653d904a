package dev.freshet.lake.parquet;

import com.github.luben.zstd.ZstdCompressCtx;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.error.Check;
import dev.freshet.core.type.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Spreads the values of one nested column over the writers of its leaves. One thread owns it. */
final class NestedWriter {
  private final FileColumn column;
  private final Nesting root;
  private final ColumnWriter[] writers;
  private final Entries[] leaves;

  /** The entries of one leaf that were not handed over yet. */
  private static final class Entries {
    private byte[] definitions = new byte[16];
    private byte[] repetitions = new byte[16];
    private int count;
    private final VectorBuilder values;
    private final DataType type;

    Entries(DataType type) {
      this.type = type;
      this.values = new VectorBuilder(type.layout(), 16);
    }

    void add(int definition, int repetition) {
      if (count == definitions.length) {
        definitions = Arrays.copyOf(definitions, count * 2);
        repetitions = Arrays.copyOf(repetitions, count * 2);
      }
      definitions[count] = (byte) definition;
      repetitions[count++] = (byte) repetition;
    }
  }

  /**
   * @param writers those of the column's leaves
   */
  NestedWriter(FileColumn column, Nesting root, ColumnWriter[] writers) {
    this.column = column;
    this.root = root;
    this.writers = writers;
    this.leaves = new Entries[writers.length];
    Arrays.setAll(leaves, i -> new Entries(writers[i].leaf().type()));
  }

  /** As {@link ColumnWriter#append}. */
  void append(Vector vector, int[] rows, int from, int to, ZstdCompressCtx zstd) {
    for (int i = from; i < to; i++) {
      Object value = Values.read(column.column().type(), vector, rows[i]);
      Check.that(
          value != null || column.mayBeNull(), "a NOT NULL column of the lake holds no NULL");
      write(root, value, root.definition() - 1, 0);
    }
    for (int i = 0; i < leaves.length; i++) {
      Entries leaf = leaves[i];
      writers[i].appendEntries(
          leaf.definitions, leaf.repetitions, leaf.count, leaf.values.build(), to - from, zstd);
      leaf.count = 0;
      leaf.values.reset();
    }
  }

  private void write(Nesting node, @Nullable Object value, int ifNull, int repetition) {
    if (value == null) {
      writeNothing(node, ifNull, repetition);
      return;
    }
    switch (node.type()) {
      case DataType.Simple _, DataType.Decimal _ -> {
        Entries leaf = leaves[node.firstLeaf()];
        leaf.add(node.definition(), repetition);
        Values.append(leaf.values, leaf.type, value);
      }
      case DataType.Row _ -> {
        List<?> fields = (List<?>) value;
        for (int i = 0; i < fields.size(); i++) {
          write(node.parts().get(i), fields.get(i), node.definition(), repetition);
        }
      }
      case DataType.Array _ -> writeList(node, (List<?>) value, repetition);
      case DataType.Map _ -> writeMap(node, (Map<?, ?>) value, repetition);
    }
  }

  private void writeList(Nesting node, List<?> elements, int repetition) {
    if (elements.isEmpty()) {
      writeNothing(node, node.definition(), repetition);
    }
    int level = repetition;
    for (Object element : elements) {
      write(node.parts().getFirst(), element, node.definition() + 1, level);
      level = node.repetition() + 1;
    }
  }

  private void writeMap(Nesting node, Map<?, ?> map, int repetition) {
    if (map.isEmpty()) {
      writeNothing(node, node.definition(), repetition);
    }
    int level = repetition;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      write(node.parts().get(0), entry.getKey(), node.definition() + 1, level);
      write(node.parts().get(1), entry.getValue(), node.definition() + 1, level);
      level = node.repetition() + 1;
    }
  }

  private void writeNothing(Nesting node, int definition, int repetition) {
    for (int i = 0; i < node.leafCount(); i++) {
      leaves[node.firstLeaf() + i].add(definition, repetition);
    }
  }
}
