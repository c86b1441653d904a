package dev.freshet.engine.expression;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** Random expression trees that use every function, and random batches for them. */
final class RandomExpressions {
  static final DataType NUMBERS = new DataType.Array(Simple.BIGINT);
  static final DataType TEXTS = new DataType.Array(Simple.VARCHAR);
  private static final List<DataType> DECIMALS =
      List.of(
          new DataType.Decimal(5, 2),
          new DataType.Decimal(12, 2),
          new DataType.Decimal(18, 6),
          new DataType.Decimal(20, 0),
          new DataType.Decimal(30, 10),
          new DataType.Decimal(38, 0),
          new DataType.Decimal(38, 18));
  private static final List<DataType> INTEGERS =
      List.of(Simple.TINYINT, Simple.SMALLINT, Simple.INTEGER, Simple.BIGINT, Simple.BIGINT);
  private static final List<DataType> TIMES =
      List.of(Simple.DATE, Simple.TIME, Simple.TIMESTAMP, Simple.TIMESTAMP_LTZ);
  private static final List<DataType> DATED =
      List.of(Simple.DATE, Simple.TIMESTAMP, Simple.TIMESTAMP_LTZ);
  private static final String[] WORDS = {
    "",
    " ",
    "a",
    "ab",
    "%",
    "_",
    "a%b",
    "aäb",
    "€",
    "😀x",
    "12",
    "-7",
    " 3.50 ",
    "1e3",
    "yes",
    "FALSE",
    "2024-02-29",
    "1969-12-31 23:59:59.123456",
    "2023-02-30",
    "10:20:30.5",
    "2024-01-01T00:00Z",
    "00000000-0000-0000-0000-0000000000ff",
    "a,b,,c",
    "99999999999999999999",
    "NaN",
    "x x"
  };
  private static final String[] REGEXES = {"", "a", "[ab]+", "(\\d)(\\d)?", "^.$", "("};
  private static final String[] PATHS = {"$", "$.a", "lax $.a.b", "$[1]", "$['c'][0]", "$.a[0].b"};
  private static final String[] DOCUMENTS = {
    "{}",
    "[]",
    "{\"a\": 1}",
    "{\"a\": {\"b\": \"x\\ty\\u00e9\"}, \"c\": [true]}",
    "[1, -2.50e1]",
    "{\"a\":[{\"b\":null}]}",
    "{\"a\": 1, \"a\": {\"b\": 2}}",
    "null",
    "\"text\"",
    "{\"a\":",
    "{\"c\": [[ 1 , 2 ]]}",
    "1 2",
    "[01]"
  };
  private static final String[] FORMATS = {"yyyy-MM-dd", "HH:mm", "EEE", "{", "XXX"};
  private static final DataType[] CAST_SOURCES = {
    Simple.TINYINT,
    Simple.INTEGER,
    Simple.BIGINT,
    Simple.REAL,
    Simple.DOUBLE,
    Simple.BOOLEAN,
    Simple.VARCHAR
  };

  private final Random random;
  private final List<DataType> columns;

  RandomExpressions(Random random) {
    this.random = random;
    List<DataType> types = new ArrayList<>(List.of(Simple.values()));
    types.addAll(DECIMALS);
    types.add(NUMBERS);
    types.add(TEXTS);
    this.columns = types;
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  @SafeVarargs
  private <T> T one(T... of) {
    return of[random.nextInt(of.length)];
  }

  DataType type() {
    return one(columns);
  }

  /** A batch with one column of every type. */
  Batch batch(int rows) {
    List<Column> schema = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      schema.add(Column.nullable("c" + i, columns.get(i)));
    }
    boolean[] dense = new boolean[columns.size()];
    for (int i = 0; i < dense.length; i++) {
      dense[i] = random.nextInt(3) == 0;
    }
    BatchBuilder builder = new BatchBuilder(new Schema(schema), rows);
    for (int row = 0; row < rows; row++) {
      Object[] values = new Object[columns.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = !dense[i] && random.nextInt(5) == 0 ? null : value(columns.get(i));
      }
      builder.row(1, values);
    }
    return builder.build();
  }

  Object value(DataType type) {
    return switch (type) {
      case DataType.Decimal decimal -> decimal(decimal);
      case DataType.Array array -> {
        List<Object> elements = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          elements.add(random.nextInt(4) == 0 ? null : value(array.element()));
        }
        yield elements;
      }
      case DataType.Map _, DataType.Row _ -> throw new IllegalArgumentException("not generated");
      case Simple simple ->
          switch (simple) {
            case BOOLEAN -> random.nextBoolean();
            case TINYINT -> integer(8);
            case SMALLINT -> integer(16);
            case INTEGER -> integer(32);
            case BIGINT -> integer(64);
            case REAL -> (double) (float) floating();
            case DOUBLE -> floating();
            case VARCHAR -> one(WORDS) + (random.nextInt(3) == 0 ? one(WORDS) : "");
            case BINARY ->
                random.nextBoolean()
                    ? one(WORDS).getBytes(StandardCharsets.UTF_8)
                    : new byte[] {(byte) random.nextInt(), (byte) random.nextInt()};
            case DATE -> time().toLocalDate();
            case TIME -> time().toLocalTime();
            case TIMESTAMP -> time();
            case TIMESTAMP_LTZ -> time().toInstant(ZoneOffset.UTC);
            case UUID -> new UUID(random.nextInt(3) - 1, random.nextLong());
            case JSON -> one(DOCUMENTS);
          };
    };
  }

  private long integer(int bits) {
    long max = Long.MAX_VALUE >>> (64 - bits);
    return switch (random.nextInt(8)) {
      case 0 -> max;
      case 1 -> -max - 1;
      case 2 -> random.nextLong() >> (64 - bits);
      default -> random.nextInt(13) - 4;
    };
  }

  private double floating() {
    return switch (random.nextInt(10)) {
      case 0 -> Double.NaN;
      case 1 -> random.nextBoolean() ? Double.POSITIVE_INFINITY : -0.0;
      case 2 -> random.nextLong();
      case 3 -> Double.longBitsToDouble(random.nextLong());
      case 4 -> random.nextInt(1 << 25);
      default -> (random.nextInt(4001) - 2000) / 100.0;
    };
  }

  private BigDecimal decimal(DataType.Decimal type) {
    int digits =
        1
            + random.nextInt(
                random.nextInt(3) == 0 ? type.precision() : Math.min(5, type.precision()));
    BigInteger unscaled = new BigInteger(digits * 4, random).mod(BigInteger.TEN.pow(digits));
    if (random.nextInt(10) == 0) {
      unscaled = BigInteger.TEN.pow(type.precision()).subtract(BigInteger.ONE);
    }
    return new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), type.scale());
  }

  private LocalDateTime time() {
    return LocalDateTime.of(1970, 1, 1, 0, 0)
        .plusDays(
            random.nextInt(3) == 0
                ? random.nextInt(2_000_000) - 1_000_000L
                : random.nextInt(60) - 30L)
        .plus(random.nextLong(86_400_000_000L), ChronoUnit.MICROS);
  }

  Expression expression(DataType type, int depth) {
    int kind = random.nextInt(10);
    if (depth == 0 || kind == 0) {
      return leaf(type);
    }
    if (kind == 1) {
      return branches(type, depth - 1);
    }
    return switch (type) {
      case DataType.Decimal decimal -> decimalCall(decimal, depth - 1);
      case DataType.Array array ->
          random.nextBoolean() || array.equals(NUMBERS)
              ? leaf(type)
              : new Expression.Cast(
                  expression(NUMBERS, depth - 1), TEXTS, Expression.Cast.OnFailure.ERROR);
      case DataType.Map _, DataType.Row _ -> throw new IllegalArgumentException("not generated");
      case Simple simple ->
          switch (simple) {
            case BOOLEAN -> truth(depth - 1);
            case TINYINT, SMALLINT, INTEGER, BIGINT -> integerCall(simple, depth - 1);
            case REAL, DOUBLE -> floatingCall(simple, depth - 1);
            case VARCHAR -> textCall(depth - 1);
            case DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ -> timeCall(simple, depth - 1);
            case BINARY, UUID, JSON -> cast(Simple.VARCHAR, simple, depth - 1);
          };
    };
  }

  private Expression leaf(DataType type) {
    if (random.nextInt(3) == 0) {
      Object value = random.nextInt(8) == 0 ? null : value(type);
      return new Expression.Literal(type, Optional.ofNullable(value));
    }
    return new Expression.ColumnRef(columns.indexOf(type), type);
  }

  private Expression branches(DataType type, int depth) {
    List<Expression.Case.Branch> branches = new ArrayList<>();
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      branches.add(
          new Expression.Case.Branch(expression(Simple.BOOLEAN, depth), expression(type, depth)));
    }
    return new Expression.Case(branches, expression(type, depth), type);
  }

  private Expression call(Function function, DataType type, Expression... arguments) {
    return new Expression.Call(function, List.of(arguments), type);
  }

  private Expression text(int depth) {
    return expression(Simple.VARCHAR, depth);
  }

  private Expression literal(String text) {
    return new Expression.Literal(Simple.VARCHAR, Optional.of(text));
  }

  private Expression small() {
    return random.nextInt(3) == 0
        ? leaf(Simple.INTEGER)
        : new Expression.Literal(Simple.INTEGER, Optional.of(random.nextInt(9) - 3L));
  }

  private Expression cast(DataType from, DataType to, int depth) {
    return new Expression.Cast(
        expression(from, depth),
        to,
        one(Expression.Cast.OnFailure.ERROR, Expression.Cast.OnFailure.NULL));
  }

  private Expression extreme(DataType type, int depth) {
    return call(
        one(Function.GREATEST, Function.LEAST),
        type,
        expression(type, depth),
        expression(type, depth),
        leaf(type));
  }

  private Expression truth(int depth) {
    DataType any = type();
    return switch (random.nextInt(15)) {
      case 14 -> call(Function.ONE_ROW, Simple.BOOLEAN, expression(Simple.BIGINT, depth));
      case 0, 1 ->
          call(
              one(Function.EQUAL, Function.NOT_EQUAL, Function.IS_DISTINCT_FROM),
              Simple.BOOLEAN,
              expression(any, depth),
              expression(any, depth));
      case 2, 3 -> {
        DataType ordered = any instanceof DataType.Array ? Simple.BIGINT : any;
        Function function =
            one(Function.LESS, Function.LESS_OR_EQUAL, Function.GREATER, Function.GREATER_OR_EQUAL);
        yield call(
            function, Simple.BOOLEAN, expression(ordered, depth), expression(ordered, depth));
      }
      case 4 ->
          call(one(Function.IS_NULL, Function.IS_NOT_NULL), Simple.BOOLEAN, expression(any, depth));
      case 5 ->
          call(
              one(Function.IS_TRUE, Function.IS_FALSE, Function.NOT),
              Simple.BOOLEAN,
              expression(Simple.BOOLEAN, depth));
      case 6, 7 ->
          call(
              one(Function.AND, Function.OR),
              Simple.BOOLEAN,
              expression(Simple.BOOLEAN, depth),
              expression(Simple.BOOLEAN, depth),
              expression(Simple.BOOLEAN, depth));
      case 8 -> call(Function.LIKE, Simple.BOOLEAN, text(depth), leaf(Simple.VARCHAR));
      case 9 ->
          call(
              Function.LIKE,
              Simple.BOOLEAN,
              text(depth),
              leaf(Simple.VARCHAR),
              literal(one("!", "a", "%", "€")));
      case 10 -> call(Function.REGEXP, Simple.BOOLEAN, text(depth), literal(one(REGEXES)));
      case 11 ->
          call(
              Function.JSON_EXISTS,
              Simple.BOOLEAN,
              expression(Simple.JSON, 0),
              literal(one(PATHS)));
      case 12 ->
          call(
              Function.ARRAY_CONTAINS,
              Simple.BOOLEAN,
              expression(NUMBERS, depth),
              expression(Simple.BIGINT, depth));
      default ->
          cast(
              one(Simple.VARCHAR, Simple.BIGINT, Simple.DOUBLE, one(DECIMALS)),
              Simple.BOOLEAN,
              depth);
    };
  }

  private Expression integerCall(Simple type, int depth) {
    if (type == Simple.BIGINT && random.nextBoolean()) {
      return bigint(depth);
    }
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> {
        Function function =
            one(Function.PLUS, Function.MINUS, Function.TIMES, Function.DIVIDE, Function.MOD);
        yield call(function, type, expression(type, depth), expression(one(INTEGERS), depth));
      }
      case 3 ->
          call(
              one(Function.NEGATE, Function.ABS, Function.FLOOR, Function.CEIL, Function.SIGN),
              type,
              expression(type, depth));
      case 4 -> call(Function.ROUND, type, expression(type, depth), small());
      case 5 -> extreme(type, depth);
      default -> {
        DataType from = random.nextInt(3) == 0 ? one(DECIMALS) : one(CAST_SOURCES);
        yield cast(from, type, depth);
      }
    };
  }

  private Expression bigint(int depth) {
    DataType time = one(TIMES);
    DataType dated = one(DATED);
    return switch (random.nextInt(9)) {
      case 0 -> call(Function.CHAR_LENGTH, Simple.BIGINT, text(depth));
      case 1 -> call(Function.POSITION, Simple.BIGINT, leaf(Simple.VARCHAR), text(depth));
      case 2, 3 ->
          call(
              one(
                  Function.EXTRACT_YEAR,
                  Function.EXTRACT_QUARTER,
                  Function.EXTRACT_MONTH,
                  Function.EXTRACT_WEEK,
                  Function.EXTRACT_DAY,
                  Function.EXTRACT_DOW,
                  Function.EXTRACT_DOY),
              Simple.BIGINT,
              expression(dated, depth));
      case 4 ->
          call(
              one(
                  Function.EXTRACT_HOUR,
                  Function.EXTRACT_MINUTE,
                  Function.EXTRACT_SECOND,
                  Function.EXTRACT_MILLISECOND,
                  Function.EXTRACT_EPOCH),
              Simple.BIGINT,
              expression(time, depth));
      case 5 ->
          call(
              Function.MICROS_BETWEEN,
              Simple.BIGINT,
              expression(time, depth),
              expression(time, depth));
      case 6 -> call(Function.MONTHS_BETWEEN, Simple.BIGINT, leaf(dated), leaf(dated));
      case 7 -> call(Function.CARDINALITY, Simple.BIGINT, expression(NUMBERS, depth));
      default ->
          call(
              Function.ELEMENT,
              Simple.BIGINT,
              expression(NUMBERS, depth),
              expression(Simple.BIGINT, depth));
    };
  }

  private Expression floatingCall(Simple type, int depth) {
    return switch (random.nextInt(7)) {
      case 0, 1 -> {
        Function function =
            one(Function.PLUS, Function.MINUS, Function.TIMES, Function.DIVIDE, Function.MOD);
        yield call(function, type, expression(type, depth), expression(type, depth));
      }
      case 2 ->
          call(
              one(Function.NEGATE, Function.ABS, Function.FLOOR, Function.CEIL, Function.SIGN),
              type,
              expression(type, depth));
      case 3 -> call(Function.ROUND, type, expression(type, depth), small());
      case 4 -> extreme(type, depth);
      case 5 -> {
        if (type == Simple.REAL) {
          yield leaf(type);
        }
        Function function =
            one(Function.SQRT, Function.EXP, Function.LN, Function.LOG10, Function.POWER);
        yield function == Function.POWER
            ? call(function, type, expression(type, depth), expression(type, depth))
            : call(function, type, expression(type, depth));
      }
      default -> {
        DataType from = random.nextInt(3) == 0 ? one(DECIMALS) : one(CAST_SOURCES);
        yield cast(from, type, depth);
      }
    };
  }

  private Expression decimalCall(DataType.Decimal type, int depth) {
    return switch (random.nextInt(6)) {
      case 0, 1, 2 -> {
        Function function =
            one(Function.PLUS, Function.MINUS, Function.TIMES, Function.DIVIDE, Function.MOD);
        yield call(
            function, type, expression(one(DECIMALS), depth), expression(one(DECIMALS), depth));
      }
      case 3 ->
          call(
              one(Function.NEGATE, Function.ABS, Function.FLOOR, Function.CEIL, Function.SIGN),
              type,
              expression(one(DECIMALS), depth));
      case 4 -> call(Function.ROUND, type, expression(one(DECIMALS), depth), small());
      default -> {
        DataType from = random.nextInt(3) == 0 ? one(DECIMALS) : one(CAST_SOURCES);
        yield cast(from, type, depth);
      }
    };
  }

  private Expression textCall(int depth) {
    return switch (random.nextInt(15)) {
      case 0 ->
          call(Function.CONCAT, Simple.VARCHAR, text(depth), leaf(Simple.VARCHAR), text(depth));
      case 1 ->
          call(one(Function.UPPER, Function.LOWER, Function.REVERSE), Simple.VARCHAR, text(depth));
      case 2 ->
          call(Function.SUBSTRING, Simple.VARCHAR, text(depth), expression(Simple.BIGINT, depth));
      case 3 ->
          call(
              Function.SUBSTRING,
              Simple.VARCHAR,
              text(depth),
              leaf(Simple.BIGINT),
              leaf(Simple.BIGINT));
      case 4 ->
          call(
              one(Function.TRIM, Function.LTRIM, Function.RTRIM),
              Simple.VARCHAR,
              text(depth),
              leaf(Simple.VARCHAR));
      case 5 ->
          call(
              Function.REPLACE,
              Simple.VARCHAR,
              text(depth),
              leaf(Simple.VARCHAR),
              leaf(Simple.VARCHAR));
      case 6 ->
          call(
              one(Function.LPAD, Function.RPAD),
              Simple.VARCHAR,
              text(depth),
              small(),
              leaf(Simple.VARCHAR));
      case 7 -> call(one(Function.LEFT, Function.RIGHT), Simple.VARCHAR, text(depth), small());
      case 8 ->
          call(Function.SPLIT_INDEX, Simple.VARCHAR, text(depth), leaf(Simple.VARCHAR), small());
      case 9 ->
          call(
              Function.REGEXP_EXTRACT,
              Simple.VARCHAR,
              text(depth),
              literal(one(REGEXES)),
              widened());
      case 10 ->
          call(
              Function.DATE_FORMAT,
              Simple.VARCHAR,
              expression(one(TIMES), depth),
              literal(one(FORMATS)));
      case 11 -> {
        Function function = one(Function.JSON_VALUE, Function.JSON_QUERY);
        yield call(function, Simple.VARCHAR, leaf(Simple.JSON), literal(one(PATHS)));
      }
      case 12 -> {
        DataType array = one(NUMBERS, TEXTS);
        yield call(
            Function.ARRAY_JOIN, Simple.VARCHAR, expression(array, depth), leaf(Simple.VARCHAR));
      }
      case 13 -> extreme(Simple.VARCHAR, depth);
      default -> cast(type(), Simple.VARCHAR, depth);
    };
  }

  private Expression widened() {
    return new Expression.Literal(Simple.INTEGER, Optional.of((long) random.nextInt(4)));
  }

  private Expression timeCall(Simple type, int depth) {
    Expression time = expression(type, depth);
    Expression micros =
        new Expression.Literal(
            Simple.BIGINT, Optional.of(random.nextLong(200_000_000_000L) - 100_000_000_000L));
    return switch (random.nextInt(7)) {
      case 0 ->
          call(
              Function.PLUS_MICROS,
              type,
              time,
              random.nextBoolean() ? micros : leaf(Simple.BIGINT));
      case 1 -> {
        Function function =
            one(Function.FLOOR_TO_HOUR, Function.FLOOR_TO_MINUTE, Function.FLOOR_TO_SECOND);
        yield call(function, type, time);
      }
      case 2 -> extreme(type, depth);
      case 3 -> cast(castSource(type), type, depth);
      default -> {
        if (type == Simple.TIME) {
          yield time;
        }
        if (type != Simple.DATE && random.nextInt(3) == 0) {
          yield call(Function.TUMBLE_START, type, time, leaf(Simple.BIGINT), leaf(Simple.BIGINT));
        }
        if (random.nextBoolean()) {
          yield call(Function.PLUS_MONTHS, type, time, expression(Simple.BIGINT, depth));
        }
        Function function =
            one(
                Function.FLOOR_TO_YEAR,
                Function.FLOOR_TO_QUARTER,
                Function.FLOOR_TO_MONTH,
                Function.FLOOR_TO_WEEK,
                Function.FLOOR_TO_DAY);
        yield call(function, type, time);
      }
    };
  }

  private DataType castSource(Simple type) {
    return switch (type) {
      case DATE, TIME -> one(Simple.VARCHAR, Simple.TIMESTAMP, Simple.TIMESTAMP_LTZ);
      default -> one(Simple.VARCHAR, Simple.DATE, Simple.TIMESTAMP, Simple.TIMESTAMP_LTZ);
    };
  }
}
