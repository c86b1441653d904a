package dev.freshet.engine.expression;

import dev.freshet.core.batch.ArrayCodec;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;

/** Which kernel converts which type to which. */
final class Casts {
  private Casts() {}

  /** Keeps the values as they are. */
  static Vector identity(Arguments x) {
    return Masks.withNulls(x.vector(0), x.nulls());
  }

  /**
   * @throws FreshetException {@link ErrorCode#SQL_UNSUPPORTED} when there is no conversion between
   *     the two
   */
  static Kernel kernel(DataType from, DataType to) {
    if (from.equals(to)) {
      return Casts::identity;
    }
    return switch (to) {
      case DataType.Decimal decimal -> toDecimal(from, decimal);
      case DataType.Array array -> toArray(from, array);
      case DataType.Map map -> toMap(from, map);
      case DataType.Row row -> toRow(from, row);
      case Simple simple -> toSimple(from, simple);
    };
  }

  private static Kernel toDecimal(DataType from, DataType.Decimal to) {
    if (from instanceof DataType.Decimal || Integers.isInteger(from)) {
      return NumberCasts.toDecimal(from, to);
    }
    if (from == Simple.REAL || from == Simple.DOUBLE) {
      return NumberCasts.doubleToDecimal(from, to);
    }
    if (from == Simple.VARCHAR) {
      return TextNumbers.toDecimal(to);
    }
    if (from == Simple.BOOLEAN) {
      return chain(
          NumberCasts.booleanToNumber(Simple.TINYINT), NumberCasts.toDecimal(Simple.TINYINT, to));
    }
    throw unsupported(from, to);
  }

  private static Kernel chain(Kernel first, Kernel second) {
    return x -> x.then(second, first.apply(x));
  }

  private static Kernel toSimple(DataType from, Simple to) {
    return switch (to) {
      case TINYINT, SMALLINT, INTEGER, BIGINT -> toInteger(from, to);
      case REAL, DOUBLE -> toFloating(from, to);
      case BOOLEAN -> toBoolean(from, to);
      case VARCHAR -> toText(from);
      case DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ -> toTime(from, to);
      case BINARY, JSON -> requireText(from, to, Casts::identity);
      case UUID -> requireText(from, to, TextFormats::parseUuid);
    };
  }

  private static Kernel requireText(DataType from, DataType to, Kernel kernel) {
    if (from != Simple.VARCHAR) {
      throw unsupported(from, to);
    }
    return kernel;
  }

  private static Kernel toInteger(DataType from, Simple to) {
    Integers.Range range = Integers.range(to);
    return switch (from) {
      case DataType.Decimal decimal -> NumberCasts.decimalToInteger(decimal, range);
      case DataType.Array _, DataType.Map _, DataType.Row _ -> throw unsupported(from, to);
      case Simple simple ->
          switch (simple) {
            case TINYINT, SMALLINT, INTEGER, BIGINT -> NumberCasts.integerToInteger(range);
            case REAL, DOUBLE -> NumberCasts.doubleToInteger(range);
            case BOOLEAN -> NumberCasts.booleanToNumber(to);
            case VARCHAR -> TextNumbers.toInteger(range);
            case BINARY, DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ, UUID, JSON ->
                throw unsupported(from, to);
          };
    };
  }

  private static Kernel toFloating(DataType from, Simple to) {
    if (from instanceof DataType.Decimal || Integers.isInteger(from)) {
      return NumberCasts.toDouble(from, to);
    }
    if (from == Simple.BOOLEAN) {
      return NumberCasts.booleanToNumber(to);
    }
    if (from == Simple.VARCHAR) {
      return TextNumbers.toDouble(to);
    }
    if (from == Simple.DOUBLE) {
      return NumberCasts::doubleToReal;
    }
    if (from == Simple.REAL) {
      return Casts::identity;
    }
    throw unsupported(from, to);
  }

  private static Kernel toBoolean(DataType from, Simple to) {
    if (from == Simple.VARCHAR) {
      return TextNumbers::toBoolean;
    }
    if (from instanceof DataType.Decimal
        || Integers.isInteger(from)
        || from.layout() == DataType.Layout.DOUBLE) {
      return NumberCasts::numberToBoolean;
    }
    throw unsupported(from, to);
  }

  private static Kernel toText(DataType from) {
    return switch (from) {
      case DataType.Decimal decimal -> TextFormats.decimal(decimal);
      case DataType.Map map -> MapFunctions.toText(map);
      case DataType.Row row -> MapFunctions.toText(row);
      case DataType.Array array ->
          TextFormats.array(kernel(array.element(), Simple.VARCHAR), array.element());
      case Simple simple ->
          switch (simple) {
            case TINYINT, SMALLINT, INTEGER, BIGINT -> TextFormats::integer;
            case REAL, DOUBLE -> TextFormats.floating(from);
            case BOOLEAN -> TextFormats::bool;
            case DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ -> TimeText.format(simple);
            case UUID -> TextFormats::uuid;
            case VARCHAR, JSON -> Casts::identity;
            case BINARY -> TextFormats::utf8;
          };
    };
  }

  private static Kernel toTime(DataType from, Simple to) {
    if (from == Simple.VARCHAR) {
      return TimeText.parse(to);
    }
    boolean fromTimestamp = from == Simple.TIMESTAMP || from == Simple.TIMESTAMP_LTZ;
    boolean toTimestamp = to == Simple.TIMESTAMP || to == Simple.TIMESTAMP_LTZ;
    if (fromTimestamp && toTimestamp) {
      return Casts::identity;
    }
    if (fromTimestamp) {
      return to == Simple.DATE ? TimeKernels::dayOfTimestamp : TimeKernels::timeOfTimestamp;
    }
    if (from == Simple.DATE && toTimestamp) {
      return TimeKernels::timestampOfDay;
    }
    throw unsupported(from, to);
  }

  private static Kernel toArray(DataType from, DataType.Array to) {
    if (!(from instanceof DataType.Array array)) {
      throw unsupported(from, to);
    }
    Kernel kernel = kernel(array.element(), to.element());
    return x -> {
      BytesVector arrays = x.bytes(0);
      BytesOutput out = new BytesOutput(x.count(), 16 * x.count());
      for (int i = 0; i < x.count(); i++) {
        if (!x.isNull(i)) {
          Vector elements = ArrayCodec.elements(array.element(), arrays.copyOf(i));
          Operand[] operands = {Operand.rows(elements)};
          Arguments call = new Arguments(operands, elements.nulls(), elements.length(), 0);
          byte[] converted = ArrayCodec.encode(kernel.apply(call));
          if (Failures.any(call.failures(), elements.length())) {
            x.fail(i, FailureKind.NOT_CONVERTIBLE);
          } else {
            out.append(converted);
          }
        }
        out.endRow();
      }
      return out.build(x.nulls());
    };
  }

  private static Kernel toMap(DataType from, DataType.Map to) {
    if (!(from instanceof DataType.Map map)) {
      throw unsupported(from, to);
    }
    return MapFunctions.cast(map, to);
  }

  private static Kernel toRow(DataType from, DataType.Row to) {
    if (!(from instanceof DataType.Row row) || row.fields().size() != to.fields().size()) {
      throw unsupported(from, to);
    }
    return MapFunctions.cast(row, to);
  }

  private static FreshetException unsupported(DataType from, DataType to) {
    return new FreshetException(
        ErrorCode.SQL_UNSUPPORTED,
        "Cannot cast "
            + from.sql()
            + " to "
            + to.sql()
            + ". Cast to VARCHAR first if that is meant.");
  }
}
