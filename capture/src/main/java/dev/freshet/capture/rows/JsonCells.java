package dev.freshet.capture.rows;

import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values from JSON. The reference page on ingest tells which JSON each type takes. */
public final class JsonCells {
  private JsonCells() {}

  /**
   * Appends the value at the cursor, and passes it.
   *
   * @param budget of the text or message that it is part of
   * @throws CellProblem when it is not of the type; the cursor then stands somewhere in it
   * @throws SyntaxProblem when it is no JSON
   */
  public static void append(VectorBuilder out, DataType type, JsonCursor json, ByteBudget budget) {
    int next = json.peek();
    if (next == 'n') {
      json.word("null");
      out.appendNull();
      return;
    }
    if (type == Simple.JSON) {
      int start = json.at();
      json.skip();
      Values.appendText(out, json.from(start));
      return;
    }
    switch (next) {
      case '"' -> {
        json.string();
        TextCells.appendText(out, type, json.text(), json.textStart(), json.textEnd());
      }
      case 't', 'f' -> {
        boolean value = next == 't';
        json.word(value ? "true" : "false");
        if (type != Simple.BOOLEAN) {
          throw CellProblem.value(value + " is a truth value; " + TextCells.wanted(type));
        }
        out.appendBoolean(value);
      }
      case '[', '{' -> Values.append(out, type, collection(type, json, budget));
      default -> {
        json.number();
        TextCells.appendNumber(
            out, type, json.text(), json.textStart(), json.textEnd(), json.isWholeNumber());
      }
    }
  }

  private static Object collection(DataType type, JsonCursor json, ByteBudget budget) {
    int next = json.peek();
    return switch (type) {
      case DataType.Array array when next == '[' -> elements(array, json, budget);
      case DataType.Map map when next == '{' -> entries(map, json, budget);
      case DataType.Row row when next == '{' -> fields(row, json, budget);
      case DataType.Array _, DataType.Map _, DataType.Row _, DataType.Decimal _, Simple _ ->
          throw CellProblem.value(
              (next == '[' ? "it is an array; " : "it is an object; ") + TextCells.wanted(type));
    };
  }

  private static List<@Nullable Object> elements(
      DataType.Array type, JsonCursor json, ByteBudget budget) {
    List<@Nullable Object> values = new ArrayList<>();
    json.expect('[');
    if (json.passes(']')) {
      return values;
    }
    int bytes = LogBytes.ofElement(type.element());
    do {
      budget.make(bytes);
      values.add(value(type.element(), json, budget));
    } while (json.passes(','));
    json.expect(']');
    return values;
  }

  private static Map<Object, @Nullable Object> entries(
      DataType.Map type, JsonCursor json, ByteBudget budget) {
    Map<Object, @Nullable Object> values = new LinkedHashMap<>();
    json.expect('{');
    if (json.passes('}')) {
      return values;
    }
    int bytes = LogBytes.ofElement(type.key()) + LogBytes.ofElement(type.value());
    do {
      budget.make(bytes);
      json.string();
      String name = json.textAsString();
      Object key = TextCells.box(type.key(), json.text(), json.textStart(), json.textEnd(), budget);
      json.expect(':');
      if (key == null || values.containsKey(key)) {
        throw CellProblem.value("key " + TextCells.fragment(name) + " stands twice in it");
      }
      values.put(key, value(type.value(), json, budget));
    } while (json.passes(','));
    json.expect('}');
    return values;
  }

  private static List<@Nullable Object> fields(
      DataType.Row type, JsonCursor json, ByteBudget budget) {
    budget.make(LogBytes.ofFields(type));
    @Nullable Object[] values = new Object[type.fields().size()];
    boolean[] seen = new boolean[values.length];
    json.expect('{');
    if (json.passes('}')) {
      return Arrays.asList(values);
    }
    do {
      json.string();
      String name = json.textAsString();
      json.expect(':');
      int index = type.indexOf(name);
      if (index < 0) {
        throw CellProblem.value(
            "it has a field " + TextCells.fragment(name) + ", and " + type.sql() + " has not");
      }
      if (seen[index]) {
        throw CellProblem.value("field " + name + " stands twice in it");
      }
      seen[index] = true;
      values[index] = value(type.fields().get(index).type(), json, budget);
    } while (json.passes(','));
    json.expect('}');
    return Arrays.asList(values);
  }

  private static @Nullable Object value(DataType type, JsonCursor json, ByteBudget budget) {
    VectorBuilder single = new VectorBuilder(type.layout(), 1);
    append(single, type, json, budget);
    return Values.read(type, single.build(), 0);
  }
}
