package dev.freshet.kafka.json;

import dev.freshet.capture.rows.JsonCursor;
import dev.freshet.capture.rows.SyntaxProblem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON document as maps, lists and texts; numbers and truth values are their text, null is the
 * text {@code null}.
 */
public final class JsonTree {
  private static final int DEPTH_MAX = 100;

  private JsonTree() {}

  /**
   * @throws SyntaxProblem when it is no JSON
   */
  public static Object read(byte[] bytes) {
    JsonCursor json = new JsonCursor(bytes, 0, bytes.length);
    Object value = read(json);
    json.requireEnd("the document");
    return value;
  }

  /** Reads the value at the cursor, and passes it. */
  public static Object read(JsonCursor json) {
    return value(json, 0);
  }

  private static Object value(JsonCursor json, int depth) {
    if (depth > DEPTH_MAX) {
      throw new SyntaxProblem("it is nested deeper than " + DEPTH_MAX + " levels", json.at());
    }
    int next = json.peek();
    switch (next) {
      case '{' -> {
        return object(json, depth);
      }
      case '[' -> {
        return array(json, depth);
      }
      case '"' -> {
        json.string();
        return json.textAsString();
      }
      default -> {
        int start = json.at();
        json.skip();
        return json.from(start);
      }
    }
  }

  private static Map<String, Object> object(JsonCursor json, int depth) {
    Map<String, Object> fields = new LinkedHashMap<>();
    json.expect('{');
    if (json.passes('}')) {
      return fields;
    }
    do {
      json.peek();
      json.string();
      String name = json.textAsString();
      json.expect(':');
      fields.put(name, value(json, depth + 1));
    } while (json.passes(','));
    json.expect('}');
    return fields;
  }

  private static List<Object> array(JsonCursor json, int depth) {
    List<Object> items = new ArrayList<>();
    json.expect('[');
    if (json.passes(']')) {
      return items;
    }
    do {
      items.add(value(json, depth + 1));
    } while (json.passes(','));
    json.expect(']');
    return items;
  }

  /** The field of an object, an empty text when it is no object or has none of that name. */
  public static Object field(Object value, String name) {
    return value instanceof Map<?, ?> map && map.get(name) != null ? get(map, name) : "";
  }

  private static Object get(Map<?, ?> map, String name) {
    Object found = map.get(name);
    return found == null ? "" : found;
  }

  /** As {@link #field}, when it is a text; an empty text otherwise. */
  public static String text(Object value, String name) {
    return field(value, name) instanceof String text ? text : "";
  }

  /** As {@link #field}, when it is an array; empty otherwise. */
  public static List<?> list(Object value, String name) {
    return field(value, name) instanceof List<?> items ? items : List.of();
  }
}
