package dev.freshet.capture.jdbc;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How values of a column are read. By the types of JDBC (java.sql.Types); what they do not tell,
 * the database's own name of the type does:
 *
 * <pre>
 * BOOLEAN, BIT(1)                 BOOLEAN         DATE                         DATE
 * TINYINT, SMALLINT, INTEGER      the same        TIME                         TIME
 *   unsigned                      the next larger TIMESTAMP                    TIMESTAMP
 * BIGINT, unsigned                BIGINT, DECIMAL(20, 0)
 * REAL; FLOAT, DOUBLE             REAL; DOUBLE    TIMESTAMP WITH TIME ZONE,
 * DECIMAL(p, s)                   the same          "timestamptz"              TIMESTAMP_LTZ
 * DECIMAL without or over 38      DECIMAL(38, 18) "uuid"; "json", "jsonb"      UUID; JSON
 * CHAR, VARCHAR, CLOB, ...        VARCHAR         BINARY, VARBINARY, BLOB      BINARY
 * anything else                   VARCHAR, as the driver writes it
 * </pre>
 *
 * @param isText whether it is anything else
 */
public record JdbcType(DataType type, Reader reader, boolean isText) {
  private static final int ORACLE_TIMESTAMPTZ = -101;
  private static final int ORACLE_TIMESTAMPLTZ = -102;
  private static final int DATETIMEOFFSET = -155;

  private static final DataType.Decimal OPEN_DECIMAL = new DataType.Decimal(38, 18);
  private static final DataType.Decimal UNSIGNED_LONG = new DataType.Decimal(20, 0);

  /** Reads the column's value of the current row, as {@code Values} takes it. */
  @FunctionalInterface
  public interface Reader {
    @Nullable Object read(ResultSet rows, int column) throws SQLException;
  }

  /**
   * @param jdbc of java.sql.Types
   * @param typeName as the database calls the type
   * @param precision digits in all, or bits
   */
  public static JdbcType of(int jdbc, String typeName, int precision, int scale, boolean isSigned) {
    String named = typeName.toLowerCase(Locale.ROOT);
    return switch (jdbc) {
      case Types.BOOLEAN -> BOOLEAN;
      case Types.BIT -> precision > 1 ? TEXT : BOOLEAN;
      case Types.TINYINT -> integer(isSigned ? Simple.TINYINT : Simple.SMALLINT);
      case Types.SMALLINT -> integer(isSigned ? Simple.SMALLINT : Simple.INTEGER);
      case Types.INTEGER -> integer(isSigned ? Simple.INTEGER : Simple.BIGINT);
      case Types.BIGINT -> isSigned ? integer(Simple.BIGINT) : decimal(UNSIGNED_LONG);
      case Types.REAL -> known(Simple.REAL, (rows, i) -> orNull(rows, rows.getFloat(i)));
      case Types.FLOAT, Types.DOUBLE ->
          known(Simple.DOUBLE, (rows, i) -> orNull(rows, rows.getDouble(i)));
      case Types.NUMERIC, Types.DECIMAL -> decimal(declared(precision, scale));
      case Types.CHAR,
          Types.VARCHAR,
          Types.LONGVARCHAR,
          Types.NCHAR,
          Types.NVARCHAR,
          Types.LONGNVARCHAR,
          Types.CLOB,
          Types.NCLOB ->
          named.startsWith("json") ? JSON : known(Simple.VARCHAR, ResultSet::getString);
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB ->
          known(Simple.BINARY, ResultSet::getBytes);
      case Types.DATE -> object(Simple.DATE, LocalDate.class);
      case Types.TIME -> object(Simple.TIME, LocalTime.class);
      case Types.TIMESTAMP ->
          named.contains("timestamptz") || named.contains("with time zone")
              ? INSTANT
              : object(Simple.TIMESTAMP, LocalDateTime.class);
      case Types.TIMESTAMP_WITH_TIMEZONE, ORACLE_TIMESTAMPTZ, ORACLE_TIMESTAMPLTZ, DATETIMEOFFSET ->
          INSTANT;
      default ->
          switch (named) {
            case "uuid" -> object(Simple.UUID, UUID.class);
            case "json", "jsonb" -> JSON;
            default -> TEXT;
          };
    };
  }

  private static final JdbcType BOOLEAN =
      known(Simple.BOOLEAN, (rows, i) -> orNull(rows, rows.getBoolean(i)));
  private static final JdbcType TEXT = new JdbcType(Simple.VARCHAR, ResultSet::getString, true);
  private static final JdbcType JSON = known(Simple.JSON, ResultSet::getString);
  private static final JdbcType INSTANT =
      known(
          Simple.TIMESTAMP_LTZ,
          (rows, i) -> {
            OffsetDateTime value = rows.getObject(i, OffsetDateTime.class);
            return value == null ? null : value.toInstant();
          });

  private static JdbcType known(DataType type, Reader reader) {
    return new JdbcType(type, reader, false);
  }

  private static JdbcType integer(Simple type) {
    return known(type, (rows, i) -> orNull(rows, rows.getLong(i)));
  }

  private static JdbcType object(Simple type, Class<?> javaType) {
    return known(type, (rows, i) -> rows.getObject(i, javaType));
  }

  /**
   * More digits than a column can hold refuse the row; of an open column those past 18 are rounded.
   */
  private static JdbcType decimal(DataType.Decimal type) {
    return known(
        type,
        (rows, i) -> {
          BigDecimal value = rows.getBigDecimal(i);
          return value == null || value.scale() <= type.scale()
              ? value
              : value.setScale(type.scale(), RoundingMode.HALF_UP);
        });
  }

  private static DataType.Decimal declared(int precision, int scale) {
    boolean fits =
        precision > 0
            && precision <= DataType.Decimal.MAX_PRECISION
            && scale >= 0
            && scale <= precision;
    return fits ? new DataType.Decimal(precision, scale) : OPEN_DECIMAL;
  }

  private static @Nullable Object orNull(ResultSet rows, Object value) throws SQLException {
    return rows.wasNull() ? null : value;
  }
}
