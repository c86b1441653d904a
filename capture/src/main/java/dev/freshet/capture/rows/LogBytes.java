package dev.freshet.capture.rows;

import dev.freshet.core.batch.BatchCodec;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;

/**
 * How many bytes values take in the log at most besides those of their texts, as {@link BatchCodec}
 * and the codecs of collections write them. A NULL takes them, too.
 */
public final class LogBytes {
  /** How many elements an ARRAY or MAP has. */
  private static final int COUNT_BYTES = 4;

  private static final int OFFSET_BYTES = 4;

  private LogBytes() {}

  /** One of many: of a column, of the elements of an ARRAY, of the keys or values of a MAP. */
  public static int ofElement(DataType type) {
    int nullBit = 1;
    return nullBit + width(type) + head(type);
  }

  /** A field of a ROW, which is a vector by itself. */
  public static int ofField(DataType type) {
    return vectorHead(type) + ofElement(type);
  }

  /** All fields of a ROW. */
  public static int ofFields(DataType.Row type) {
    return type.fields().stream().mapToInt(field -> ofField(field.type())).sum();
  }

  /** A row of a table, and what it does. */
  public static int ofRow(Schema schema) {
    int operation = 1;
    return operation
        + schema.columns().stream().map(Column::type).mapToInt(LogBytes::ofElement).sum();
  }

  private static int width(DataType type) {
    return switch (type.layout()) {
      case BOOLEAN -> 1;
      case LONG ->
          switch (type) {
            case Simple.TINYINT -> 1;
            case Simple.SMALLINT, Simple.INTEGER -> 4;
            case Simple _, DataType.Decimal _, DataType.Array _, DataType.Map _, DataType.Row _ ->
                8;
          };
      case INT128 -> 16;
      case DOUBLE -> 8;
      case BYTES -> OFFSET_BYTES;
    };
  }

  /** How a vector's NULLs are written, then the width of its integers or its first offset. */
  private static int vectorHead(DataType type) {
    int nullForm = 1;
    return nullForm
        + switch (type.layout()) {
          case LONG -> 1;
          case BYTES -> OFFSET_BYTES;
          case BOOLEAN, INT128, DOUBLE -> 0;
        };
  }

  /** What a collection without elements takes. */
  private static int head(DataType type) {
    return switch (type) {
      case DataType.Array array -> COUNT_BYTES + vectorHead(array.element());
      case DataType.Map map -> COUNT_BYTES + vectorHead(map.key()) + vectorHead(map.value());
      case Simple _, DataType.Decimal _, DataType.Row _ -> 0;
    };
  }
}
