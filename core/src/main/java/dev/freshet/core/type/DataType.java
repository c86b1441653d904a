package dev.freshet.core.type;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The SQL types. Nullability belongs to the {@link Column}, not to the type.
 *
 * <p>{@link #layout()} names the vector that holds values of the type:
 *
 * <pre>
 * LONG     TINYINT..BIGINT as is; DECIMAL(p &lt;= 18) unscaled; DATE days since 1970-01-01;
 *          TIME micros of the day; TIMESTAMP and TIMESTAMP_LTZ micros since 1970-01-01T00:00 (UTC)
 * INT128   DECIMAL(p &gt; 18) unscaled
 * DOUBLE   REAL (rounded to float) and DOUBLE
 * BOOLEAN  BOOLEAN
 * BYTES    VARCHAR UTF-8; BINARY as is; UUID 16 bytes big-endian; JSON its text in UTF-8; ARRAY, MAP and ROW see {@code ArrayCodec}, {@code MapCodec} and {@code RowCodec}
 * </pre>
 */
public sealed interface DataType {
  /** How values lie in memory. */
  enum Layout {
    BOOLEAN,
    LONG,
    INT128,
    DOUBLE,
    BYTES
  }

  Layout layout();

  /** The type as SQL writes it, such as {@code DECIMAL(12, 2)}. */
  String sql();

  /** Types without parameters. */
  enum Simple implements DataType {
    BOOLEAN("BOOLEAN", Layout.BOOLEAN),
    TINYINT("TINYINT", Layout.LONG),
    SMALLINT("SMALLINT", Layout.LONG),
    INTEGER("INTEGER", Layout.LONG),
    BIGINT("BIGINT", Layout.LONG),
    REAL("REAL", Layout.DOUBLE),
    DOUBLE("DOUBLE", Layout.DOUBLE),
    VARCHAR("VARCHAR", Layout.BYTES),
    BINARY("VARBINARY", Layout.BYTES),
    DATE("DATE", Layout.LONG),
    TIME("TIME", Layout.LONG),
    /** A wall-clock time without zone, microseconds. */
    TIMESTAMP("TIMESTAMP", Layout.LONG),
    /** A point on the time line, microseconds: TIMESTAMP WITH LOCAL TIME ZONE. */
    TIMESTAMP_LTZ("TIMESTAMP_LTZ", Layout.LONG),
    UUID("UUID", Layout.BYTES),
    JSON("JSON", Layout.BYTES);

    private final String sql;
    private final Layout layout;

    Simple(String sql, Layout layout) {
      this.sql = sql;
      this.layout = layout;
    }

    @Override
    public Layout layout() {
      return layout;
    }

    @Override
    public String sql() {
      return sql;
    }
  }

  /**
   * A fixed-point number.
   *
   * @param precision digits in all, 1 to 38
   * @param scale digits after the point, 0 to {@code precision}
   */
  record Decimal(int precision, int scale) implements DataType {
    /** The most digits a DECIMAL can have. */
    public static final int MAX_PRECISION = 38;

    /** The most digits that fit an unscaled {@code long}. */
    public static final int MAX_LONG_PRECISION = 18;

    public Decimal {
      if (precision < 1 || precision > MAX_PRECISION || scale < 0 || scale > precision) {
        throw new FreshetException(
            ErrorCode.TYPE_UNSUPPORTED,
            "Invalid type: DECIMAL("
                + precision
                + ", "
                + scale
                + "). The precision goes from 1 to 38, the scale from 0 to"
                + " the precision.");
      }
    }

    @Override
    public Layout layout() {
      return precision <= MAX_LONG_PRECISION ? Layout.LONG : Layout.INT128;
    }

    @Override
    public String sql() {
      return "DECIMAL(" + precision + ", " + scale + ")";
    }
  }

  /** An array; its elements may be null whatever the column says of the array itself. */
  record Array(DataType element) implements DataType {
    @Override
    public Layout layout() {
      return Layout.BYTES;
    }

    @Override
    public String sql() {
      return element.sql() + " ARRAY";
    }
  }

  /**
   * Values by key. Keys are never null and each stands once; values may be null. Two maps are equal
   * when they hold the same entries, in whatever order they were put in.
   */
  record Map(DataType key, DataType value) implements DataType {
    @Override
    public Layout layout() {
      return Layout.BYTES;
    }

    @Override
    public String sql() {
      return "MAP<" + key.sql() + ", " + value.sql() + ">";
    }
  }

  /** Named fields, each of which may be null. Names are told apart as columns' names are. */
  record Row(List<Field> fields) implements DataType {
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*");

    /** One field. */
    public record Field(String name, DataType type) {}

    public Row {
      fields = List.copyOf(fields);
      Set<String> seen = new HashSet<>();
      for (Field field : fields) {
        if (!seen.add(field.name())) {
          throw new FreshetException(
              ErrorCode.TYPE_UNSUPPORTED,
              "Invalid type: field " + field.name() + " stands twice in a ROW. Rename one.");
        }
      }
    }

    /** The position of the field with this name, or -1. */
    public int indexOf(String name) {
      for (int i = 0; i < fields.size(); i++) {
        if (fields.get(i).name().equals(name)) {
          return i;
        }
      }
      return -1;
    }

    @Override
    public Layout layout() {
      return Layout.BYTES;
    }

    @Override
    public String sql() {
      return fields.stream()
          .map(field -> written(field.name()) + " " + field.type().sql())
          .collect(Collectors.joining(", ", "ROW(", ")"));
    }

    private static String written(String name) {
      return PLAIN_NAME.matcher(name).matches() ? name : '"' + name.replace("\"", "\"\"") + '"';
    }
  }
}
