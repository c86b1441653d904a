package dev.freshet.engine.expression;

import dev.freshet.core.batch.MapCodec;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.error.Check;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Layout;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.Call;
import java.math.RoundingMode;
import java.util.List;

/** Which kernel computes which function over which types. */
final class Functions {
  private Functions() {}

  static Kernel kernel(Call call, List<Node> arguments) {
    DataType first = arguments.isEmpty() ? call.type() : arguments.get(0).type();
    return switch (call.function()) {
      case EQUAL -> Comparisons.equal(comparable(call, arguments));
      case NOT_EQUAL -> Comparisons.notEqual(comparable(call, arguments));
      case LESS -> Comparisons.less(ordered(call, arguments));
      case LESS_OR_EQUAL -> Comparisons.lessOrEqual(ordered(call, arguments));
      case GREATER -> Comparisons.greater(ordered(call, arguments));
      case GREATER_OR_EQUAL -> Comparisons.greaterOrEqual(ordered(call, arguments));
      case NOT -> Functions::not;
      case PLUS, MINUS, TIMES, DIVIDE, MOD -> arithmetic(call, arguments);
      case NEGATE, ABS, FLOOR, CEIL, ROUND, TRUNCATE, SIGN -> unary(call, first);
      case SQRT -> Doubles.ofType(call.type(), Doubles.unary(Math::sqrt));
      case EXP -> Doubles.ofType(call.type(), Doubles.unary(StrictMath::exp));
      case LN -> Doubles.ofType(call.type(), Doubles.unary(StrictMath::log));
      case LOG10 -> Doubles.ofType(call.type(), Doubles.unary(StrictMath::log10));
      case SIN -> Doubles.ofType(call.type(), Doubles.unary(StrictMath::sin));
      case COS -> Doubles.ofType(call.type(), Doubles.unary(StrictMath::cos));
      case TAN -> Doubles.ofType(call.type(), Doubles.unary(StrictMath::tan));
      case ASIN -> Doubles.ofType(call.type(), Doubles.unary(StrictMath::asin));
      case ACOS -> Doubles.ofType(call.type(), Doubles.unary(StrictMath::acos));
      case ATAN -> Doubles.ofType(call.type(), Doubles.unary(StrictMath::atan));
      case ATAN2 -> Doubles.ofType(call.type(), Doubles.binary(StrictMath::atan2));
      case SINH -> Doubles.ofType(call.type(), Doubles.unary(StrictMath::sinh));
      case COSH -> Doubles.ofType(call.type(), Doubles.unary(StrictMath::cosh));
      case TANH -> Doubles.ofType(call.type(), Doubles.unary(StrictMath::tanh));
      case POWER -> Doubles.ofType(call.type(), Doubles.binary(StrictMath::pow));
      case CONCAT,
          UPPER,
          LOWER,
          CHAR_LENGTH,
          SUBSTRING,
          TRIM,
          LTRIM,
          RTRIM,
          REPLACE,
          POSITION,
          LIKE,
          LPAD,
          RPAD,
          REVERSE,
          LEFT,
          RIGHT,
          SPLIT_INDEX,
          REGEXP_EXTRACT,
          REGEXP_EXTRACT_ALL,
          REGEXP,
          REGEXP_REPLACE,
          REGEXP_COUNT,
          REGEXP_INSTR,
          REPEAT,
          INITCAP,
          OVERLAY,
          ASCII,
          STARTSWITH,
          IS_ALPHA,
          IS_DIGIT,
          IS_DECIMAL,
          JSON_QUOTE,
          JSON_UNQUOTE,
          ENDSWITH,
          TRANSLATE,
          SPLIT,
          PARSE_URL,
          URL_ENCODE,
          URL_DECODE,
          TO_BASE64,
          FROM_BASE64,
          UNHEX,
          ENCODE,
          MD5,
          SHA1,
          SHA224,
          SHA256,
          SHA384,
          SHA512,
          TO_TIMESTAMP,
          CONVERT_TZ ->
          TextFunctions.kernel(call, arguments);
      case CHR -> RowKernels.bytes(TextEdits::chr);
      case BIN -> RowKernels.bytes(EncodingKernels::binary);
      case HEX -> EncodingKernels.hex(first);
      case DECODE -> RowKernels.bytes(EncodingKernels::decode);
      case EXTRACT_YEAR,
          EXTRACT_QUARTER,
          EXTRACT_MONTH,
          EXTRACT_WEEK,
          EXTRACT_DAY,
          EXTRACT_DOW,
          EXTRACT_DOY,
          EXTRACT_HOUR,
          EXTRACT_MINUTE,
          EXTRACT_SECOND,
          EXTRACT_MILLISECOND,
          EXTRACT_EPOCH,
          FLOOR_TO_YEAR,
          FLOOR_TO_QUARTER,
          FLOOR_TO_MONTH,
          FLOOR_TO_WEEK,
          FLOOR_TO_DAY,
          FLOOR_TO_HOUR,
          FLOOR_TO_MINUTE,
          FLOOR_TO_SECOND,
          PLUS_MICROS,
          PLUS_MONTHS,
          MICROS_BETWEEN,
          MONTHS_BETWEEN,
          DATE_FORMAT,
          TUMBLE_START ->
          TimeFunctions.kernel(call, arguments);
      case IS_JSON -> JsonKernels.isJson(arguments);
      case JSON_VALUE, JSON_QUERY, JSON_EXISTS -> JsonKernels.kernel(call, arguments);
      case CARDINALITY -> {
        if (!(first instanceof DataType.Map)) {
          elementType(call, arguments);
        }
        yield ArrayKernels::cardinality;
      }
      case FIELD, MAP_VALUE, MAP_KEYS, MAP_VALUES, MAP_ENTRIES, MAP_FROM_ARRAYS, MAP_UNION ->
          collection(call, arguments);
      case STR_TO_MAP -> RowKernels.bytes(MapFunctions::ofText);
      case ARRAY_SORT -> ArrayFunctions.sort(elementType(call, arguments));
      case ONLY_ELEMENT -> ArrayFunctions.only(elementType(call, arguments));
      case ELEMENT -> ArrayKernels.element(elementType(call, arguments));
      case ARRAY_CONTAINS -> ArrayKernels.contains(elementType(call, arguments));
      case ARRAY_JOIN -> ArrayKernels.join(elementType(call, arguments));
      case ARRAY_POSITION -> ArrayFunctions.position(elementType(call, arguments));
      case ARRAY_DISTINCT -> ArrayFunctions.distinct(elementType(call, arguments));
      case ARRAY_REVERSE -> ArrayFunctions.reverse(elementType(call, arguments));
      case ARRAY_SLICE -> ArrayFunctions.slice(elementType(call, arguments));
      case ARRAY_CONCAT -> ArrayFunctions.concat(elementType(call, arguments));
      case ARRAY_MAX -> ArrayFunctions.extreme(1, elementType(call, arguments));
      case ARRAY_MIN -> ArrayFunctions.extreme(-1, elementType(call, arguments));
      case ARRAY_REMOVE -> ArrayFunctions.remove(elementType(call, arguments));
      case ARRAY_UNION ->
          ArrayFunctions.sets(ArrayFunctions.SetOperation.UNION, elementType(call, arguments));
      case ARRAY_INTERSECT ->
          ArrayFunctions.sets(ArrayFunctions.SetOperation.INTERSECT, elementType(call, arguments));
      case ARRAY_EXCEPT ->
          ArrayFunctions.sets(ArrayFunctions.SetOperation.EXCEPT, elementType(call, arguments));
      case ONE_ROW -> Functions::oneRow;
      case GREATEST -> Extremes.kernel(Extremes.Extreme.GREATEST, ordered(call, arguments));
      case LEAST -> Extremes.kernel(Extremes.Extreme.LEAST, ordered(call, arguments));
      case JSON_OBJECT,
          JSON_ARRAY,
          JSON_STRING,
          PRINTF,
          AND,
          OR,
          ARRAY,
          ROW,
          IS_NULL,
          IS_NOT_NULL,
          IS_TRUE,
          IS_FALSE,
          IS_DISTINCT_FROM ->
          throw new IllegalStateException(call.function() + " has a node of its own");
    };
  }

  private static Kernel collection(Call call, List<Node> arguments) {
    return switch (call.function()) {
      case FIELD -> field(call, arguments);
      case MAP_VALUE -> MapFunctions.value(mapType(call, arguments));
      case MAP_KEYS -> MapFunctions.part(mapType(call, arguments), MapCodec.Entries::keys);
      case MAP_VALUES -> MapFunctions.part(mapType(call, arguments), MapCodec.Entries::values);
      case MAP_ENTRIES -> MapFunctions.entries(mapType(call, arguments));
      case MAP_UNION -> MapFunctions.union(mapType(call, arguments));
      default -> {
        DataType.Map type = (DataType.Map) call.type();
        yield MapFunctions.ofArrays(type.key(), type.value());
      }
    };
  }

  private static Kernel field(Call call, List<Node> arguments) {
    if (arguments.getFirst().type() instanceof DataType.Row row
        && call.arguments().get(1) instanceof Expression.Literal index) {
      return MapFunctions.field(row, ((Long) index.value().orElseThrow()).intValue());
    }
    throw unsupported(call, arguments);
  }

  private static DataType.Map mapType(Call call, List<Node> arguments) {
    if (arguments.getFirst().type() instanceof DataType.Map map) {
      return map;
    }
    throw unsupported(call, arguments);
  }

  private static DataType elementType(Call call, List<Node> arguments) {
    if (arguments.get(0).type() instanceof DataType.Array array) {
      return array.element();
    }
    throw unsupported(call, arguments);
  }

  private static Layout comparable(Call call, List<Node> arguments) {
    DataType first = arguments.get(0).type();
    for (Node argument : arguments) {
      DataType other = argument.type();
      Check.that(
          first.layout() == other.layout()
              && DecimalColumn.scale(first) == DecimalColumn.scale(other),
          call.function() + " compares values of the same type");
    }
    return first.layout();
  }

  private static Layout ordered(Call call, List<Node> arguments) {
    DataType type = arguments.get(0).type();
    if (type instanceof DataType.Array
        || type instanceof DataType.Map
        || type instanceof DataType.Row) {
      throw unsupported(call, arguments);
    }
    return comparable(call, arguments);
  }

  private static Vector oneRow(Arguments arguments) {
    long[] counts = arguments.longs(0);
    int mask = arguments.mask(0);
    boolean[] values = new boolean[arguments.count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = true;
      if (counts[i & mask] > 1) {
        arguments.failIfLive(i, FailureKind.MANY_ROWS);
      }
    }
    return arguments.result(values);
  }

  private static Vector not(Arguments x) {
    boolean[] a = x.booleans(0);
    boolean[] result = new boolean[x.count()];
    for (int i = 0; i < result.length; i++) {
      result[i] = !a[i];
    }
    return x.result(result);
  }

  private static Kernel arithmetic(Call call, List<Node> arguments) {
    DataType a = arguments.get(0).type();
    DataType b = arguments.get(1).type();
    DataType type = call.type();
    if (type instanceof DataType.Decimal decimal) {
      if (a.layout() == Layout.DOUBLE || b.layout() == Layout.DOUBLE) {
        throw unsupported(call, arguments);
      }
      return Decimals.binary(Decimals.Operation.valueOf(call.function().name()), a, b, decimal);
    }
    if (type.layout() == Layout.DOUBLE) {
      return Doubles.ofType(type, doubleArithmetic(call));
    }
    if (!Integers.isInteger(type) || !Integers.isInteger(a) || !Integers.isInteger(b)) {
      throw unsupported(call, arguments);
    }
    Integers.Range range = Integers.range(type);
    return switch (call.function()) {
      case PLUS -> Integers.plus(range);
      case MINUS -> Integers.minus(range);
      case TIMES -> Integers.times(range);
      case DIVIDE -> Integers.divide(range);
      default -> Integers.mod(range);
    };
  }

  private static Kernel doubleArithmetic(Call call) {
    return switch (call.function()) {
      case PLUS -> Doubles::plus;
      case MINUS -> Doubles::minus;
      case TIMES -> Doubles::times;
      case DIVIDE -> Doubles::divide;
      default -> Doubles.binary((a, b) -> a % b);
    };
  }

  private static Kernel unary(Call call, DataType from) {
    if (from instanceof DataType.Decimal decimal && call.type() instanceof DataType.Decimal to) {
      return switch (call.function()) {
        case NEGATE -> Decimals.unary(Decimals.UnaryOperation.NEGATE, decimal, to);
        case ABS -> Decimals.unary(Decimals.UnaryOperation.ABS, decimal, to);
        case SIGN -> Decimals.unary(Decimals.UnaryOperation.SIGN, decimal, to);
        case FLOOR -> Decimals.unary(Decimals.UnaryOperation.FLOOR, decimal, to);
        case CEIL -> Decimals.unary(Decimals.UnaryOperation.CEIL, decimal, to);
        case TRUNCATE -> Decimals.round(decimal, to, Int128.Rounding.DOWN);
        default -> Decimals.round(decimal, to, Int128.Rounding.HALF_UP);
      };
    }
    if (from.layout() == Layout.DOUBLE && call.type().layout() == Layout.DOUBLE) {
      return Doubles.ofType(
          call.type(),
          switch (call.function()) {
            case NEGATE -> Doubles.unary(a -> -a);
            case ABS -> Doubles.unary(Math::abs);
            case SIGN -> Doubles.unary(Math::signum);
            case FLOOR -> Doubles.unary(Math::floor);
            case CEIL -> Doubles.unary(Math::ceil);
            case TRUNCATE -> Doubles.round(RoundingMode.DOWN);
            default -> Doubles.round(RoundingMode.HALF_UP);
          });
    }
    if (!Integers.isInteger(from) || !Integers.isInteger(call.type())) {
      throw unsupported(call, from);
    }
    Integers.Range range = Integers.range(call.type());
    return switch (call.function()) {
      case NEGATE -> Integers.negate(range);
      case ABS -> Integers.abs(range);
      case SIGN -> Integers::sign;
      case ROUND -> Integers.round(range);
      case TRUNCATE -> Integers.truncate(range);
      default -> Integers.keep(range);
    };
  }

  static FreshetException unsupported(Call call, List<Node> arguments) {
    return unsupported(call, arguments.stream().map(Node::type).toArray(DataType[]::new));
  }

  static FreshetException unsupported(Call call, DataType... types) {
    StringBuilder text = new StringBuilder("Cannot evaluate ").append(call.function()).append('(');
    for (int i = 0; i < types.length; i++) {
      text.append(i == 0 ? "" : ", ").append(types[i].sql());
    }
    text.append(") as ").append(call.type().sql());
    text.append(". The function is not defined for these types: add a CAST.");
    return new FreshetException(ErrorCode.SQL_UNSUPPORTED, text.toString());
  }
}
