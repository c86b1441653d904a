package dev.freshet.core.type;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType.Simple;
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

  private TypeParser() {}

  /**
   * @throws FreshetException {@link ErrorCode#TYPE_UNSUPPORTED} for a name that is no type
   */
  public static DataType parse(String text) {
    String name = text.strip().toUpperCase(Locale.ROOT).replaceAll("\\s+", " ");
    if (name.endsWith(" ARRAY")) {
      return new DataType.Array(parse(name.substring(0, name.length() - " ARRAY".length())));
    }
    if (name.startsWith("ARRAY<") && name.endsWith(">")) {
      return new DataType.Array(parse(name.substring("ARRAY<".length(), name.length() - 1)));
    }
    Matcher decimal = DECIMAL.matcher(name);
    if (decimal.matches()) {
      int precision = decimal.group(1) == null ? 10 : Integer.parseInt(decimal.group(1));
      int scale = decimal.group(2) == null ? 0 : Integer.parseInt(decimal.group(2));
      return new DataType.Decimal(precision, scale);
    }
    return simple(name.replaceAll("\\s*\\(\\s*\\d+\\s*\\)", ""), text);
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
          throw new FreshetException(
              ErrorCode.TYPE_UNSUPPORTED,
              "Invalid type: "
                  + original
                  + ". Types are BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, DECIMAL(p, s),"
                  + " VARCHAR, VARBINARY, DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ, UUID, JSON, and any of them followed by ARRAY.");
    };
  }
}
