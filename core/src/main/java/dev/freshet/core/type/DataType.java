package dev.freshet.core.type;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;

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
 * BYTES    VARCHAR UTF-8; BINARY as is; UUID 16 bytes big-endian; JSON its text in UTF-8; ARRAY see {@code ArrayCodec}
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
}
