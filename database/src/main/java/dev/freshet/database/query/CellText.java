package dev.freshet.database.query;

import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.HexFormat;
import java.util.UUID;

/** Values given as text at the edges, such as keys in a URL. */
public final class CellText {
  private CellText() {}

  /**
   * Appends the value that the text stands for: numbers as SQL writes them, dates and times in ISO
   * 8601, BINARY in hexadecimal.
   *
   * @throws FreshetException {@link ErrorCode#VALUE_INVALID} when the text is no value of the type
   */
  public static void append(VectorBuilder builder, DataType type, String text) {
    try {
      Values.append(builder, type, parse(type, text));
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new FreshetException(
          ErrorCode.VALUE_INVALID, "Invalid value for " + type.sql() + ": " + text + ".", e);
    }
  }

  private static Object parse(DataType type, String text) {
    return switch (type) {
      case DataType.Decimal _ -> new BigDecimal(text);
      case DataType.Array _, DataType.Map _, DataType.Row _ ->
          throw new FreshetException(
              ErrorCode.TYPE_UNSUPPORTED,
              "Cannot read a collection from text: " + text + ". Use SQL to look it up.");
      case Simple simple -> parseSimple(simple, text);
    };
  }

  private static Object parseSimple(Simple type, String text) {
    return switch (type) {
      case BOOLEAN ->
          switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
          };
      case TINYINT, SMALLINT, INTEGER, BIGINT -> new BigDecimal(text);
      case REAL, DOUBLE -> Double.parseDouble(text);
      case VARCHAR, JSON -> text;
      case BINARY -> HexFormat.of().parseHex(text);
      case DATE -> LocalDate.parse(text);
      case TIME -> LocalTime.parse(text);
      case TIMESTAMP -> LocalDateTime.parse(text.replace(' ', 'T'));
      case TIMESTAMP_LTZ -> Instant.parse(text.replace(' ', 'T'));
      case UUID -> UUID.fromString(text);
    };
  }
}
