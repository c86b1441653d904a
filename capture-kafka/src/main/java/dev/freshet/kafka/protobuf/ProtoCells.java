package dev.freshet.kafka.protobuf;

import dev.freshet.capture.connect.Decimals;
import dev.freshet.capture.connect.Times;
import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.LogBytes;
import dev.freshet.capture.rows.TextCells;
import dev.freshet.capture.rows.Utf8;
import dev.freshet.core.batch.Values;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.kafka.budget.DecodeBudget;
import dev.freshet.kafka.protobuf.ProtoType.Scalar;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Chooses how single values are put into columns; a pair that does not fit refuses each. */
final class ProtoCells {
  private static final int UUID_BYTES = 16;

  private final ProtoSchema schema;
  private final FieldCells fields;
  private final ProtoJson json;
  private final Optional<Times.Unit> times;
  private final DecodeBudget budget;

  /**
   * @param budget of the message that is read
   */
  ProtoCells(
      ProtoSchema schema,
      FieldCells fields,
      ProtoJson json,
      Optional<Times.Unit> times,
      DecodeBudget budget) {
    this.schema = schema;
    this.fields = fields;
    this.json = json;
    this.times = times;
    this.budget = budget;
  }

  ProtoCell of(ProtoType type, DataType column) {
    if (column == Simple.JSON && type != Scalar.STRING) {
      return (out, in) -> {
        StringBuilder text = new StringBuilder();
        json.write(text, type, in, 0);
        budget.append(out, text);
      };
    }
    return switch (type) {
      case Scalar scalar -> scalar(scalar, column);
      case ProtoType.Names names -> names(names, column);
      case ProtoType.Message message -> message(message, column);
      case ProtoType.Entries _ -> unfit(type, column);
    };
  }

  private static ProtoCell unfit(ProtoType type, DataType column) {
    String what = "it is Protobuf's " + type.text() + ", which is no " + column.sql();
    return (_, _) -> {
      throw CellProblem.value(what);
    };
  }

  private ProtoCell scalar(Scalar type, DataType column) {
    return switch (type) {
      case BOOL ->
          column == Simple.BOOLEAN
              ? (out, in) -> out.appendBoolean(in.readVarint() != 0)
              : unfit(type, column);
      case DOUBLE, FLOAT -> real(type, column);
      case STRING -> text(column);
      case BYTES -> bytes(type, column);
      case INT32, INT64, UINT32, UINT64, SINT32, SINT64, FIXED32, FIXED64, SFIXED32, SFIXED64 ->
          number(type, column);
    };
  }

  private ProtoCell text(DataType column) {
    return (out, in) -> {
      requireUtf8(in);
      if (column == Simple.VARCHAR) {
        out.appendBytes(in.bytes(), in.at(), in.end() - in.at());
      } else {
        TextCells.appendField(out, column, in.bytes(), in.at(), in.end(), budget);
      }
    };
  }

  static void requireUtf8(ProtoCursor in) {
    if (Utf8.firstInvalid(in.bytes(), in.at(), in.end()) >= 0) {
      throw CellProblem.value("its text is not UTF-8");
    }
  }

  private static ProtoCell bytes(Scalar type, DataType column) {
    if (column != Simple.BINARY && column != Simple.UUID) {
      return unfit(type, column);
    }
    return (out, in) -> {
      int count = in.end() - in.at();
      if (column == Simple.UUID && count != UUID_BYTES) {
        throw CellProblem.value("a UUID has 16 bytes, not " + count);
      }
      out.appendBytes(in.bytes(), in.at(), count);
    };
  }

  private static ProtoCell real(Scalar type, DataType column) {
    if (column != Simple.REAL && column != Simple.DOUBLE) {
      return unfit(type, column);
    }
    if (type == Scalar.FLOAT) {
      return (out, in) -> out.appendDouble(Float.intBitsToFloat(in.readFixed32()));
    }
    return column == Simple.DOUBLE
        ? (out, in) -> out.appendDouble(Double.longBitsToDouble(in.readFixed64()))
        : (out, in) -> out.appendDouble((float) Double.longBitsToDouble(in.readFixed64()));
  }

  /** A whole number; those of 64 bits without a sign are negative beyond the largest long. */
  static long integer(Scalar type, ProtoCursor in) {
    return switch (type) {
      case INT32 -> (int) in.readVarint();
      case UINT32 -> in.readVarint() & 0xFFFF_FFFFL;
      case INT64, UINT64 -> in.readVarint();
      case SINT32 -> (int) in.readZigzag();
      case SINT64 -> in.readZigzag();
      case FIXED32 -> in.readFixed32() & 0xFFFF_FFFFL;
      case SFIXED32 -> in.readFixed32();
      case FIXED64, SFIXED64 -> in.readFixed64();
      case DOUBLE, FLOAT, BOOL, STRING, BYTES -> throw new IllegalStateException(type.text());
    };
  }

  static boolean isUnsigned64(ProtoType type) {
    return type == Scalar.UINT64 || type == Scalar.FIXED64;
  }

  private ProtoCell number(Scalar type, DataType column) {
    if (Times.isTime(column)) {
      Times.Unit unit = column == Simple.DATE ? Times.Unit.DAYS : times.orElse(null);
      if (times.isEmpty() || unit == null) {
        return untold(type);
      }
      return (out, in) -> Times.append(out, column, unit, signed(type, in));
    }
    return switch (column) {
      case Simple.TINYINT -> integer(type, Byte.MAX_VALUE);
      case Simple.SMALLINT -> integer(type, Short.MAX_VALUE);
      case Simple.INTEGER -> integer(type, Integer.MAX_VALUE);
      case Simple.BIGINT -> (out, in) -> out.appendLong(signed(type, in));
      case Simple.REAL ->
          (out, in) -> out.appendDouble(whole(type, integer(type, in)).floatValue());
      case Simple.DOUBLE ->
          (out, in) -> out.appendDouble(whole(type, integer(type, in)).doubleValue());
      case DataType.Decimal decimal ->
          (out, in) -> Decimals.append(out, decimal, whole(type, integer(type, in)));
      case Simple _, DataType.Array _, DataType.Map _, DataType.Row _ -> unfit(type, column);
    };
  }

  private static ProtoCell untold(Scalar type) {
    String what =
        "it is Protobuf's "
            + type.text()
            + ", and nothing says what it counts; times: millis (micros, nanos) of the source says it";
    return (_, _) -> {
      throw CellProblem.value(what);
    };
  }

  private static BigDecimal whole(ProtoType type, long value) {
    return value < 0 && isUnsigned64(type)
        ? new BigDecimal(Long.toUnsignedString(value))
        : BigDecimal.valueOf(value);
  }

  private static long signed(Scalar type, ProtoCursor in) {
    long value = integer(type, in);
    if (value < 0 && isUnsigned64(type)) {
      throw CellProblem.value(
          Long.toUnsignedString(value) + " is more than a BIGINT holds; make it DECIMAL(20, 0)");
    }
    return value;
  }

  private static ProtoCell integer(Scalar type, long max) {
    return (out, in) -> {
      long value = signed(type, in);
      if (value > max || value < -max - 1) {
        throw CellProblem.value(value + " is not within " + (-max - 1) + " to " + max);
      }
      out.appendLong(value);
    };
  }

  private ProtoCell names(ProtoType.Names type, DataType column) {
    if (column == Simple.INTEGER || column == Simple.BIGINT) {
      return (out, in) -> out.appendLong((int) in.readVarint());
    }
    return column == Simple.VARCHAR
        ? (out, in) -> {
          byte[] name = type.name((int) in.readVarint()).getBytes(StandardCharsets.UTF_8);
          budget.make(name.length);
          out.appendBytes(name, 0, name.length);
        }
        : unfit(type, column);
  }

  private ProtoCell message(ProtoType.Message type, DataType column) {
    ProtoMessage message = schema.message(type.text());
    KnownMessages known = KnownMessages.of(message);
    if (known == KnownMessages.WRAPPER) {
      FieldCell wrapped = fields.of(message, 0, column);
      return (out, in) -> wrapped.append(out, new Found(message).read(in));
    }
    ProtoCell cell = known.cell(column);
    if (cell != null && column == Simple.VARCHAR) {
      return (out, in) -> {
        budget.make(KnownMessages.TEXT_BYTES_MAX);
        cell.append(out, in);
      };
    }
    if (cell != null) {
      return cell;
    }
    return column instanceof DataType.Row row ? row(message, row) : unfit(type, column);
  }

  private ProtoCell row(ProtoMessage message, DataType.Row type) {
    List<DataType.Row.Field> wanted = type.fields();
    @Nullable FieldCell[] cells = new FieldCell[wanted.size()];
    for (int i = 0; i < cells.length; i++) {
      int index = message.indexOf(wanted.get(i).name());
      if (index >= 0) {
        cells[i] = fields.of(message, index, wanted.get(i).type());
      }
    }
    int bytes = LogBytes.ofFields(type);
    return (out, in) -> {
      budget.make(bytes);
      Found found = new Found(message).read(in);
      @Nullable Object[] values = new Object[cells.length];
      for (int i = 0; i < cells.length; i++) {
        FieldCell cell = cells[i];
        if (cell != null) {
          values[i] = FieldCells.boxed(cell, wanted.get(i).type(), found);
        }
      }
      Values.append(out, type, Arrays.asList(values));
    };
  }
}
