package dev.freshet.capture.rows;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks at rows of JSON whose columns nothing is known of. */
public final class RowSample {
  private RowSample() {}

  /**
   * A value as it stands in JSON.
   *
   * @param text of a text without its quotes and escapes; of others as it stands there
   */
  public record Sampled(Form form, String text) {}

  /** What kind of JSON a value is. */
  public enum Form {
    NULL,
    TRUTH,
    NUMBER,
    TEXT,
    NESTED
  }

  /**
   * The fields of the first rows, by their names.
   *
   * @param format {@link RowFormat#JSON} or {@link RowFormat#JSON_LINES}; what is no object, and
   *     what follows broken JSON, is left out
   */
  public static List<Map<String, Sampled>> read(RowFormat format, byte[] text, int rowsMax) {
    List<Map<String, Sampled>> rows = new ArrayList<>();
    JsonCursor json = new JsonCursor(text, 0, text.length);
    try {
      boolean isArray = format == RowFormat.JSON && json.passes('[');
      while (rows.size() < rowsMax && json.peek() == '{') {
        rows.add(row(json));
        if (isArray && !json.passes(',')) {
          break;
        }
      }
    } catch (SyntaxProblem e) {
      return rows;
    }
    return rows;
  }

  private static Map<String, Sampled> row(JsonCursor json) {
    Map<String, Sampled> fields = new LinkedHashMap<>();
    json.expect('{');
    if (json.passes('}')) {
      return fields;
    }
    do {
      json.string();
      String name = json.textAsString();
      json.expect(':');
      fields.put(name, value(json));
    } while (json.passes(','));
    json.expect('}');
    return fields;
  }

  private static Sampled value(JsonCursor json) {
    int first = json.peek();
    int start = json.at();
    if (first == '"') {
      json.string();
      return new Sampled(Form.TEXT, json.textAsString());
    }
    json.skip();
    Form form =
        switch (first) {
          case 'n' -> Form.NULL;
          case 't', 'f' -> Form.TRUTH;
          case '{', '[' -> Form.NESTED;
          default -> Form.NUMBER;
        };
    return new Sampled(form, json.from(start));
  }
}
