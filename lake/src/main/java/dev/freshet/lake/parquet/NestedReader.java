package dev.freshet.lake.parquet;

import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts the values of one nested column together from the entries of its leaves. */
final class NestedReader {
  private final String location;
  private final Nesting root;
  private final Cursor[] cursors;

  /** The entries of one leaf in one row group. */
  @SuppressWarnings("ArrayRecordComponent") // lives for one row group only
  record Entries(byte[] definitions, byte[] repetitions, int count, Vector values) {}

  private final class Cursor {
    private final Entries entries;
    private int at;
    private int value;

    Cursor(Entries entries) {
      this.entries = entries;
    }

    int definition() {
      if (at >= entries.count()) {
        throw damaged();
      }
      return entries.definitions()[at];
    }

    boolean repeatsAt(int level) {
      return at < entries.count() && entries.repetitions()[at] == level;
    }
  }

  NestedReader(String location, Nesting root, List<Entries> leaves) {
    this.location = location;
    this.root = root;
    this.cursors = leaves.stream().map(Cursor::new).toArray(Cursor[]::new);
  }

  Vector read(int rows) {
    VectorBuilder builder = new VectorBuilder(root.type().layout(), rows);
    for (int i = 0; i < rows; i++) {
      Values.append(builder, root.type(), value(root));
    }
    for (Cursor cursor : cursors) {
      if (cursor.at != cursor.entries.count()) {
        throw damaged();
      }
    }
    return builder.build();
  }

  private @Nullable Object value(Nesting node) {
    Cursor first = cursors[node.firstLeaf()];
    if (first.definition() < node.definition()) {
      skip(node);
      return null;
    }
    return switch (node.type()) {
      case DataType.Simple _, DataType.Decimal _ -> {
        first.at++;
        yield Values.read(node.type(), first.entries.values(), first.value++);
      }
      case DataType.Row _ -> {
        List<@Nullable Object> fields = new ArrayList<>(node.parts().size());
        for (Nesting part : node.parts()) {
          fields.add(value(part));
        }
        yield fields;
      }
      case DataType.Array _ -> list(node, first);
      case DataType.Map _ -> map(node, first);
    };
  }

  private List<@Nullable Object> list(Nesting node, Cursor first) {
    List<@Nullable Object> elements = new ArrayList<>();
    if (first.definition() == node.definition()) {
      skip(node);
      return elements;
    }
    do {
      elements.add(value(node.parts().getFirst()));
    } while (first.repeatsAt(node.repetition() + 1));
    return elements;
  }

  private Map<Object, @Nullable Object> map(Nesting node, Cursor first) {
    Map<Object, @Nullable Object> map = new LinkedHashMap<>();
    if (first.definition() == node.definition()) {
      skip(node);
      return map;
    }
    do {
      Object key = value(node.parts().get(0));
      Object value = value(node.parts().get(1));
      if (key == null) {
        throw damaged();
      }
      map.put(key, value);
    } while (first.repeatsAt(node.repetition() + 1));
    return map;
  }

  private void skip(Nesting node) {
    for (int i = 0; i < node.leafCount(); i++) {
      cursors[node.firstLeaf() + i].at++;
    }
  }

  private FreshetException damaged() {
    return new FreshetException(
        ErrorCode.STORAGE_DAMAGED,
        "Cannot read data file " + location + ": the parts of a column do not fit each other.");
  }
}
