package dev.freshet.core.type;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType.Simple;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the SQL names of types, as contracts spell them: what {@link DataType#sql()} writes, and
 * the usual synonyms.
 */
public final class TypeParser {
  private static final Pattern DECIMAL =
      Pattern.compile("(?:DECIMAL|NUMERIC|DEC)\\s*(?:\\(\\s*(\\d+)\\s*(?:,\\s*(\\d+)\\s*)?\\))?");

  private static final Pattern COLLECTION =
      Pattern.compile("(?i)(ARRAY|MAP|ROW)\\s*(?:<|(?<=ROW\\s{0,9})\\()(.*)[>)]", Pattern.DOTALL);

  private static final Pattern FIELD =
      Pattern.compile("(?:\"((?:[^\"]|\"\")*)\"|([^\\s\"]+))\\s+(.*)", Pattern.DOTALL);

  private TypeParser() {}

  /**
   * @throws FreshetException {@link ErrorCode#TYPE_UNSUPPORTED} for a name that is no type
   */
  public static DataType parse(String text) {
    String stripped = text.strip();
    String name = stripped.toUpperCase(Locale.ROOT).replaceAll("\\s+", " ");
    if (name.endsWith(" ARRAY")) {
      return new DataType.Array(parse(stripped.substring(0, stripped.length() - "ARRAY".length())));
    }
    Matcher collection = COLLECTION.matcher(stripped);
    if (collection.matches()) {
      return collection(collection.group(1).toUpperCase(Locale.ROOT), collection.group(2), text);
    }
    Matcher decimal = DECIMAL.matcher(name);
    if (decimal.matches()) {
      int precision = decimal.group(1) == null ? 10 : Integer.parseInt(decimal.group(1));
      int scale = decimal.group(2) == null ? 0 : Integer.parseInt(decimal.group(2));
      return new DataType.Decimal(precision, scale);
    }
    return simple(name.replaceAll("\\s*\\(\\s*\\d+\\s*\\)", ""), text);
  }

  private static DataType collection(String kind, String inside, String original) {
    List<String> parts = parts(inside);
    return switch (kind) {
      case "ARRAY" -> new DataType.Array(parse(inside));
      case "MAP" -> {
        if (parts.size() != 2) {
          throw invalid(original, "A MAP has a key and a value: MAP<VARCHAR, BIGINT>.");
        }
        yield new DataType.Map(parse(parts.get(0)), parse(parts.get(1)));
      }
      default -> new DataType.Row(parts.stream().map(part -> field(part, original)).toList());
    };
  }

  private static DataType.Row.Field field(String text, String original) {
    Matcher field = FIELD.matcher(text.strip());
    if (!field.matches()) {
      throw invalid(original, "A ROW has named fields: ROW(name VARCHAR, pieces BIGINT).");
    }
    String quoted = field.group(1);
    String name = quoted == null ? field.group(2) : quoted.replace("\"\"", "\"");
    return new DataType.Row.Field(name, parse(field.group(3)));
  }

  /** What stands between the commas that are in no brackets. */
  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      quoted ^= c == '"';
      if (!quoted) {
        depth += c == '<' || c == '(' ? 1 : 0;
        depth -= c == '>' || c == ')' ? 1 : 0;
        if (c == ',' && depth == 0) {
          parts.add(text.substring(start, i));
          start = i + 1;
        }
      }
    }
    parts.add(text.substring(start));
    return parts;
  }

  private static FreshetException invalid(String original, String why) {
    return new FreshetException(
        ErrorCode.TYPE_UNSUPPORTED, "Invalid type: " + original + ". " + why);
  }

  private static Simple simple(String name, String original) {
    return switch (name) {
      case "BOOLEAN", "BOOL" -> Simple.BOOLEAN;
      case "TINYINT" -> Simple.TINYINT;
      case "SMALLINT" -> Simple.SMALLINT;
      case "INTEGER", "INT" -> Simple.INTEGER;
      case "BIGINT" -> Simple.BIGINT;
      case "REAL", "FLOAT" -> Simple.REAL;
      case "DOUBLE", "DOUBLE PRECISION" -> Simple.DOUBLE;
      case "VARCHAR", "STRING", "TEXT", "CHAR", "CHARACTER VARYING" -> Simple.VARCHAR;
      case "VARBINARY", "BINARY", "BYTES" -> Simple.BINARY;
      case "DATE" -> Simple.DATE;
      case "TIME" -> Simple.TIME;
      case "TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE" -> Simple.TIMESTAMP;
      case "TIMESTAMP_LTZ",
          "TIMESTAMP WITH LOCAL TIME ZONE",
          "TIMESTAMP WITH TIME ZONE",
          "TIMESTAMPTZ" ->
          Simple.TIMESTAMP_LTZ;
      case "UUID" -> Simple.UUID;
      case "JSON" -> Simple.JSON;
      default ->
          throw invalid(
              original,
              "Types are BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, DECIMAL(p, s),"
                  + " VARCHAR, VARBINARY, DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ, UUID, JSON, any of them"
                  + " followed by ARRAY, MAP<key, value> and ROW(name type, ...).");
    };
  }
}
