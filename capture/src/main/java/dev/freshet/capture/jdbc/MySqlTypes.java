package dev.freshet.capture.jdbc;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Decimal;
import dev.freshet.core.type.DataType.Simple;
import java.util.Locale;

/** The type that a column of MariaDB or MySQL becomes, by what the server's catalog says of it. */
public final class MySqlTypes {
  private static final int UNSIGNED_BIGINT_DIGITS = 20;

  private MySqlTypes() {}

  /**
   * @param name as DATA_TYPE has it, such as {@code bigint}
   * @param declared as COLUMN_TYPE has it, such as {@code bigint(20) unsigned}
   * @param precision of a decimal
   * @param scale of a decimal
   */
  public static DataType of(String name, String declared, int precision, int scale) {
    boolean isUnsigned = declared.toLowerCase(Locale.ROOT).contains("unsigned");
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "tinyint" -> Simple.SMALLINT;
      case "smallint" -> isUnsigned ? Simple.INTEGER : Simple.SMALLINT;
      case "mediumint", "year" -> Simple.INTEGER;
      case "int", "integer" -> isUnsigned ? Simple.BIGINT : Simple.INTEGER;
      case "bigint" -> isUnsigned ? new Decimal(UNSIGNED_BIGINT_DIGITS, 0) : Simple.BIGINT;
      case "float" -> Simple.REAL;
      case "double", "real" -> Simple.DOUBLE;
      case "decimal", "numeric" ->
          precision > Decimal.MAX_PRECISION ? Simple.VARCHAR : new Decimal(precision, scale);
      case "bit" -> declared.equalsIgnoreCase("bit(1)") ? Simple.BOOLEAN : Simple.BINARY;
      case "date" -> Simple.DATE;
      case "time" -> Simple.TIME;
      case "datetime" -> Simple.TIMESTAMP;
      case "timestamp" -> Simple.TIMESTAMP_LTZ;
      case "json" -> Simple.JSON;
      case "uuid" -> Simple.UUID;
      case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> Simple.BINARY;
      case "geometry",
          "point",
          "linestring",
          "polygon",
          "multipoint",
          "multilinestring",
          "multipolygon",
          "geometrycollection",
          "geomcollection" ->
          Simple.BINARY;
      default -> Simple.VARCHAR;
    };
  }

  /** Whether a type is taken as text because there is none like it here. */
  public static boolean isTakenAsText(String name, DataType type) {
    return type == Simple.VARCHAR
        && switch (name.toLowerCase(Locale.ROOT)) {
          case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set" ->
              false;
          default -> true;
        };
  }
}
