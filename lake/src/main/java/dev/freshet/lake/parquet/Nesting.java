package dev.freshet.lake.parquet;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType;
import java.util.ArrayList;
import java.util.List;

/**
 * How a value and its parts are spread over column chunks (Melnik et al., Dremel, VLDB 2010).
 *
 * <pre>
 * array   optional group name (LIST) { repeated group list { optional element } }
 * map     optional group name (MAP)  { repeated group key_value { required key; optional value } }
 * row     optional group name        { optional field; ... }
 * </pre>
 *
 * @param definition the definition level of a value that is not NULL
 * @param repetition how many lists the value lies in
 * @param firstLeaf the first of the leaves that hold its parts
 */
record Nesting(
    DataType type,
    int definition,
    int repetition,
    int firstLeaf,
    int leafCount,
    List<Nesting> parts) {
  /** Levels of this many bits can be packed. */
  private static final int LEVEL_MAX = 15;

  static Nesting of(FileColumn column, List<Leaf> leaves) {
    int own = column.mayBeNull() ? 1 : 0;
    List<String> path = List.of(column.column().name());
    return of(column.column().type(), column.ids(), path, own, 0, leaves);
  }

  private static Nesting of(
      DataType type,
      FieldIds ids,
      List<String> path,
      int definition,
      int repetition,
      List<Leaf> leaves) {
    int first = leaves.size();
    List<Nesting> parts = new ArrayList<>();
    switch (type) {
      case DataType.Simple _, DataType.Decimal _ -> {
        if (definition > LEVEL_MAX) {
          throw new FreshetException(
              ErrorCode.TYPE_UNSUPPORTED,
              "Cannot store column " + path.getFirst() + ": its type is nested too deeply.");
        }
        leaves.add(new Leaf(path, type, ids.id(), definition, repetition));
      }
      case DataType.Array(DataType element) ->
          parts.add(
              of(
                  element,
                  ids.parts().getFirst(),
                  below(path, "list", "element"),
                  definition + 2,
                  repetition + 1,
                  leaves));
      case DataType.Map(DataType key, DataType value) -> {
        FieldIds keyIds = ids.parts().get(0);
        List<String> keyPath = below(path, "key_value", "key");
        parts.add(of(key, keyIds, keyPath, definition + 1, repetition + 1, leaves));
        FieldIds valueIds = ids.parts().get(1);
        List<String> valuePath = below(path, "key_value", "value");
        parts.add(of(value, valueIds, valuePath, definition + 2, repetition + 1, leaves));
      }
      case DataType.Row row -> {
        for (int i = 0; i < row.fields().size(); i++) {
          DataType.Row.Field field = row.fields().get(i);
          FieldIds fieldIds = ids.parts().get(i);
          List<String> fieldPath = below(path, field.name());
          parts.add(of(field.type(), fieldIds, fieldPath, definition + 1, repetition, leaves));
        }
      }
    }
    return new Nesting(type, definition, repetition, first, leaves.size() - first, parts);
  }

  private static List<String> below(List<String> path, String... names) {
    List<String> longer = new ArrayList<>(path);
    longer.addAll(List.of(names));
    return longer;
  }
}
