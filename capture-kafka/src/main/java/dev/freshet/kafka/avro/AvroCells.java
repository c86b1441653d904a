package dev.freshet.kafka.avro;

import dev.freshet.capture.connect.Decimals;
import dev.freshet.capture.connect.Times;
import dev.freshet.capture.connect.Times.Unit;
import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.TextCells;
import dev.freshet.capture.rows.Utf8;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/** Chooses how values of a schema are put into a column; a pair that does not fit refuses each. */
final class AvroCells {
  private AvroCells() {}

  static AvroCell of(Schema schema, DataType type) {
    if (schema.getType() == Schema.Type.UNION) {
      return union(schema, type);
    }
    if (type == Simple.JSON
        && schema.getType() != Schema.Type.STRING
        && schema.getType() != Schema.Type.NULL) {
      return (out, in) -> {
        StringBuilder text = new StringBuilder();
        AvroJson.write(text, schema, in);
        in.budget().append(out, text);
      };
    }
    return switch (schema.getType()) {
      case NULL -> (out, _) -> out.appendNull();
      case BOOLEAN ->
          type == Simple.BOOLEAN
              ? (out, in) -> out.appendBoolean(in.readBoolean())
              : unfit(schema, type);
      case INT, LONG -> number(schema, type);
      case FLOAT, DOUBLE -> real(schema, type);
      case STRING ->
          type == Simple.VARCHAR
              ? AvroCells::text
              : (out, in) -> {
                int length = in.readLength();
                int start = in.pass(length);
                TextCells.appendField(out, type, in.bytes(), start, start + length, in.budget());
              };
      case ENUM -> symbols(schema, type);
      case BYTES, FIXED -> bytes(schema, type);
      case ARRAY, MAP, RECORD -> AvroNested.of(schema, type);
      case UNION -> throw new IllegalStateException("unions were told apart before");
    };
  }

  private static AvroCell union(Schema schema, DataType type) {
    List<Schema> branches = schema.getTypes();
    AvroCell[] cells = new AvroCell[branches.size()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = of(branches.get(i), type);
    }
    return (out, in) -> cells[in.readIndex(cells.length)].append(out, in);
  }

  static AvroCell unfit(Schema schema, DataType type) {
    LogicalType logical = schema.getLogicalType();
    String what =
        "it is Avro's "
            + schema.getType().getName()
            + (logical == null ? "" : " " + logical.getName())
            + ", which is no "
            + type.sql();
    return (_, in) -> {
      in.skip(schema);
      throw CellProblem.value(what);
    };
  }

  private static void text(VectorBuilder out, AvroCursor in) {
    int length = in.readLength();
    int start = in.pass(length);
    if (Utf8.firstInvalid(in.bytes(), start, start + length) >= 0) {
      throw CellProblem.value("its text is not UTF-8");
    }
    out.appendBytes(in.bytes(), start, length);
  }

  private static AvroCell number(Schema schema, DataType type) {
    if (Times.isTime(type)) {
      Unit unit = AvroTimes.unit(schema, type);
      return unit == null
          ? unfit(schema, type)
          : (out, in) -> Times.append(out, type, unit, in.readLong());
    }
    return switch (type) {
      case Simple.TINYINT -> integer(Byte.MAX_VALUE);
      case Simple.SMALLINT -> integer(Short.MAX_VALUE);
      case Simple.INTEGER -> integer(Integer.MAX_VALUE);
      case Simple.BIGINT -> (out, in) -> out.appendLong(in.readLong());
      case Simple.REAL -> (out, in) -> out.appendDouble((float) in.readLong());
      case Simple.DOUBLE -> (out, in) -> out.appendDouble((double) in.readLong());
      case DataType.Decimal decimal ->
          (out, in) -> Decimals.append(out, decimal, BigDecimal.valueOf(in.readLong()));
      case Simple _, DataType.Array _, DataType.Map _, DataType.Row _ -> unfit(schema, type);
    };
  }

  private static AvroCell integer(long max) {
    return (out, in) -> {
      long value = in.readLong();
      if (value > max || value < -max - 1) {
        throw CellProblem.value(value + " is not within " + (-max - 1) + " to " + max);
      }
      out.appendLong(value);
    };
  }

  private static AvroCell real(Schema schema, DataType type) {
    boolean isFloat = schema.getType() == Schema.Type.FLOAT;
    if (type != Simple.REAL && type != Simple.DOUBLE) {
      return unfit(schema, type);
    }
    if (isFloat) {
      return (out, in) -> out.appendDouble(in.readFloat());
    }
    return type == Simple.DOUBLE
        ? (out, in) -> out.appendDouble(in.readDouble())
        : (out, in) -> out.appendDouble((float) in.readDouble());
  }

  private static AvroCell symbols(Schema schema, DataType type) {
    byte[][] symbols =
        schema.getEnumSymbols().stream()
            .map(symbol -> symbol.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
    return type == Simple.VARCHAR
        ? (out, in) -> {
          byte[] symbol = symbols[in.readIndex(symbols.length)];
          in.budget().make(symbol.length);
          out.appendBytes(symbol, 0, symbol.length);
        }
        : unfit(schema, type);
  }

  private static AvroCell bytes(Schema schema, DataType type) {
    boolean isFixed = schema.getType() == Schema.Type.FIXED;
    int size = isFixed ? schema.getFixedSize() : -1;
    if (type instanceof DataType.Decimal decimal
        && schema.getLogicalType() instanceof LogicalTypes.Decimal written) {
      return (out, in) -> {
        int count = isFixed ? size : in.readLength();
        Decimals.append(out, decimal, in.bytes(), in.pass(count), count, written.getScale());
      };
    }
    boolean isUuid = type == Simple.UUID && size == 16;
    if (type != Simple.BINARY && !isUuid) {
      return unfit(schema, type);
    }
    return (out, in) -> {
      int count = isFixed ? size : in.readLength();
      out.appendBytes(in.bytes(), in.pass(count), count);
    };
  }
}
