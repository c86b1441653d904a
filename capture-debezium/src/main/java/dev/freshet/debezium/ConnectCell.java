package dev.freshet.debezium;

import dev.freshet.capture.connect.ConnectTimes;
import dev.freshet.capture.connect.Decimals;
import dev.freshet.capture.connect.Times;
import dev.freshet.capture.connect.Times.Unit;
import dev.freshet.capture.rows.ByteBudget;
import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.TextCells;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** A column as Connect's schema has it: its type here, and how a value is taken over. */
record ConnectCell(DataType type, Reader reader) {
  private static final String DECIMAL = "org.apache.kafka.connect.data.Decimal";
  private static final String PRECISION = "connect.decimal.precision";
  private static final String GEOMETRY = "io.debezium.data.geometry.";
  private static final String DATA = "io.debezium.data.";

  /** Takes over one value that is not null. */
  interface Reader {
    /**
     * @throws CellProblem when the type has no such value
     */
    void append(VectorBuilder out, Object value);
  }

  /** Of a column. Types that are not known here are taken as text. */
  static ConnectCell of(Schema schema) {
    String name = schema.name() == null ? "" : schema.name();
    DataType named = byName(name);
    Unit unit = named == null ? null : ConnectTimes.unit(name, named);
    if (named != null && unit != null) {
      return new ConnectCell(named, (out, value) -> Times.append(out, named, unit, number(value)));
    }
    if (name.equals(DECIMAL)) {
      return decimal(schema);
    }
    if (name.startsWith(GEOMETRY)) {
      return new ConnectCell(
          Simple.BINARY, (out, value) -> bytes(out, ((Struct) value).getBytes("wkb")));
    }
    return switch (name) {
      case DATA + "VariableScaleDecimal" ->
          new ConnectCell(Simple.VARCHAR, ConnectCell::variableScale);
      case "io.debezium.time.ZonedTimestamp" ->
          new ConnectCell(Simple.TIMESTAMP_LTZ, ConnectCell::instant);
      case DATA + "Json" -> text(Simple.JSON);
      case DATA + "Uuid" -> new ConnectCell(Simple.UUID, ConnectCell::uuid);
      default -> plain(schema);
    };
  }

  private static @Nullable DataType byName(String name) {
    return switch (name) {
      case "org.apache.kafka.connect.data.Date", "io.debezium.time.Date" -> Simple.DATE;
      case "org.apache.kafka.connect.data.Time",
          "io.debezium.time.Time",
          "io.debezium.time.MicroTime",
          "io.debezium.time.NanoTime" ->
          Simple.TIME;
      case "org.apache.kafka.connect.data.Timestamp",
          "io.debezium.time.Timestamp",
          "io.debezium.time.MicroTimestamp",
          "io.debezium.time.NanoTimestamp" ->
          Simple.TIMESTAMP;
      default -> null;
    };
  }

  private static ConnectCell plain(Schema schema) {
    return switch (schema.type()) {
      case BOOLEAN ->
          new ConnectCell(Simple.BOOLEAN, (out, value) -> out.appendBoolean((Boolean) value));
      case INT8 -> whole(Simple.TINYINT);
      case INT16 -> whole(Simple.SMALLINT);
      case INT32 -> whole(Simple.INTEGER);
      case INT64 -> whole(Simple.BIGINT);
      case FLOAT32 -> fraction(Simple.REAL);
      case FLOAT64 -> fraction(Simple.DOUBLE);
      case BYTES -> new ConnectCell(Simple.BINARY, ConnectCell::bytes);
      case STRING, ARRAY, MAP, STRUCT -> text(Simple.VARCHAR);
    };
  }

  private static ConnectCell whole(DataType type) {
    return new ConnectCell(type, (out, value) -> out.appendLong(((Number) value).longValue()));
  }

  private static ConnectCell fraction(DataType type) {
    return new ConnectCell(type, (out, value) -> out.appendDouble(((Number) value).doubleValue()));
  }

  private static ConnectCell text(DataType type) {
    if (type == Simple.JSON) {
      return new ConnectCell(
          type,
          (out, value) -> {
            byte[] bytes = value.toString().getBytes(StandardCharsets.UTF_8);
            TextCells.appendField(out, type, bytes, 0, bytes.length, ByteBudget.UNBOUNDED);
          });
    }
    return new ConnectCell(type, (out, value) -> Values.appendText(out, value.toString()));
  }

  /** A decimal of too many digits for the type is taken as text. */
  private static ConnectCell decimal(Schema schema) {
    Map<String, String> parameters = schema.parameters() == null ? Map.of() : schema.parameters();
    int scale = Integer.parseInt(parameters.getOrDefault("scale", "0"));
    int precision =
        Integer.parseInt(parameters.getOrDefault(PRECISION, "" + DataType.Decimal.MAX_PRECISION));
    if (precision > DataType.Decimal.MAX_PRECISION || scale < 0 || scale > precision) {
      return new ConnectCell(
          Simple.VARCHAR,
          (out, value) -> Values.appendText(out, ((BigDecimal) value).toPlainString()));
    }
    DataType.Decimal type = new DataType.Decimal(precision, scale);
    return new ConnectCell(type, (out, value) -> Decimals.append(out, type, (BigDecimal) value));
  }

  private static long number(Object value) {
    return switch (value) {
      case Number number -> number.longValue();
      case java.util.Date date -> date.getTime();
      default -> throw CellProblem.value(value + " is no number");
    };
  }

  private static void instant(VectorBuilder out, Object value) {
    try {
      out.appendLong(Values.micros(OffsetDateTime.parse(value.toString()).toInstant()));
    } catch (DateTimeException | ArithmeticException e) {
      throw CellProblem.value(value + " is no time");
    }
  }

  /** Oracle's NUMBER without a scale. */
  private static void variableScale(VectorBuilder out, Object value) {
    Struct number = (Struct) value;
    BigInteger unscaled = new BigInteger(number.getBytes("value"));
    Values.appendText(out, new BigDecimal(unscaled, number.getInt32("scale")).toPlainString());
  }

  private static void uuid(VectorBuilder out, Object value) {
    try {
      Values.append(out, Simple.UUID, UUID.fromString(value.toString()));
    } catch (IllegalArgumentException e) {
      throw CellProblem.value(value + " is no UUID");
    }
  }

  private static void bytes(VectorBuilder out, Object value) {
    switch (value) {
      case byte[] bytes -> out.appendBytes(bytes, 0, bytes.length);
      case ByteBuffer buffer -> {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        out.appendBytes(bytes, 0, bytes.length);
      }
      default -> throw CellProblem.value("its value is of " + value.getClass().getName());
    }
  }
}
