package dev.freshet.deliver.postgres;

import dev.freshet.core.batch.JsonText;
import dev.freshet.core.batch.Values;
import dev.freshet.core.type.DataType;
import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Types and values as PostgreSQL writes them (PostgreSQL manual, chapter 8). */
final class PgType {
  private PgType() {}

  /** The type of a column that Freshet creates, as {@code format_type} spells it. */
  static String name(DataType type) {
    return switch (type) {
      case DataType.Decimal decimal ->
          "numeric(" + decimal.precision() + "," + decimal.scale() + ")";
      case DataType.Array array when array.element() instanceof DataType.Array -> "jsonb";
      case DataType.Array array -> withoutModifier(name(array.element())) + "[]";
      case DataType.Map _, DataType.Row _ -> "jsonb";
      case DataType.Simple simple ->
          switch (simple) {
            case BOOLEAN -> "boolean";
            case TINYINT, SMALLINT -> "smallint";
            case INTEGER -> "integer";
            case BIGINT -> "bigint";
            case REAL -> "real";
            case DOUBLE -> "double precision";
            case VARCHAR -> "text";
            case BINARY -> "bytea";
            case DATE -> "date";
            case TIME -> "time without time zone";
            case TIMESTAMP -> "timestamp without time zone";
            case TIMESTAMP_LTZ -> "timestamp with time zone";
            case UUID -> "uuid";
            case JSON -> "jsonb";
          };
    };
  }

  /**
   * Whether a column of another type takes all values of ours: a wider number, a text of bounded
   * length (a longer one fails, and says so).
   *
   * @param actual as {@code format_type} spells it
   */
  static boolean fits(DataType type, String actual) {
    String base = withoutModifier(actual);
    return switch (type) {
      case DataType.Decimal decimal -> fitsDecimal(decimal, actual);
      case DataType.Simple simple ->
          switch (simple) {
            case TINYINT, SMALLINT ->
                List.of("smallint", "integer", "bigint", "numeric").contains(actual);
            case INTEGER -> List.of("integer", "bigint", "numeric").contains(actual);
            case BIGINT -> List.of("bigint", "numeric").contains(actual);
            case REAL -> List.of("real", "double precision").contains(actual);
            case VARCHAR -> List.of("text", "character varying").contains(base);
            default -> name(type).equals(actual);
          };
      default -> name(type).equals(actual);
    };
  }

  private static boolean fitsDecimal(DataType.Decimal type, String actual) {
    if (!actual.startsWith("numeric(")) {
      return actual.equals("numeric");
    }
    String[] parts = actual.substring("numeric(".length(), actual.length() - 1).split(",", -1);
    int precision = Integer.parseInt(parts[0]);
    int scale = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
    return scale >= type.scale() && precision - scale >= type.precision() - type.scale();
  }

  private static String withoutModifier(String name) {
    int open = name.indexOf('(');
    return open < 0 ? name : name.substring(0, open) + name.substring(name.indexOf(')') + 1);
  }

  /** A value of {@link Values} as text that PostgreSQL casts to the type of {@link #name}. */
  static @Nullable String text(DataType type, @Nullable Object value) {
    return switch (value) {
      case null -> null;
      case String text -> text;
      case BigDecimal number -> number.toPlainString();
      case byte[] bytes -> "\\x" + HexFormat.of().formatHex(bytes);
      case List<?> list
          when type instanceof DataType.Array array
              && !(array.element() instanceof DataType.Array) ->
          literal(array.element(), list);
      case List<?> _, Map<?, ?> _ -> {
        StringBuilder json = new StringBuilder();
        JsonText.appendValue(json, type, value);
        yield json.toString();
      }
      default -> withoutPlus(Values.text(value));
    };
  }

  /** Years past 9999 have a plus in ISO 8601, and none here. */
  private static String withoutPlus(String text) {
    return text.length() > 1 && text.charAt(0) == '+' && Character.isDigit(text.charAt(1))
        ? text.substring(1)
        : text;
  }

  private static String literal(DataType element, List<?> values) {
    StringBuilder out = new StringBuilder("{");
    for (int i = 0; i < values.size(); i++) {
      String text = text(element, values.get(i));
      out.append(i == 0 ? "" : ",");
      if (text == null) {
        out.append("NULL");
      } else {
        out.append('"').append(text.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
      }
    }
    return out.append('}').toString();
  }
}
