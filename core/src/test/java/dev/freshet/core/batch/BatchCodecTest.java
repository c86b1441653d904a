package dev.freshet.core.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchCodecTest {
  private static final Schema ALL_TYPES =
      Schema.of(
          Column.nullable("bool", Simple.BOOLEAN),
          Column.nullable("small", Simple.SMALLINT),
          Column.nullable("big", Simple.BIGINT),
          Column.nullable("real", Simple.REAL),
          Column.nullable("double", Simple.DOUBLE),
          Column.nullable("money", new DataType.Decimal(12, 2)),
          Column.nullable("wide", new DataType.Decimal(38, 10)),
          Column.nullable("text", Simple.VARCHAR),
          Column.nullable("bytes", Simple.BINARY),
          Column.nullable("date", Simple.DATE),
          Column.nullable("time", Simple.TIME),
          Column.nullable("timestamp", Simple.TIMESTAMP),
          Column.nullable("instant", Simple.TIMESTAMP_LTZ),
          Column.nullable("uuid", Simple.UUID),
          Column.nullable("json", Simple.JSON),
          Column.nullable("tags", new DataType.Array(Simple.VARCHAR)));

  private static final Object[] ROW = {
    true,
    -7L,
    Long.MIN_VALUE,
    1.5,
    -0.25,
    new BigDecimal("1234567.89"),
    new BigDecimal("-9999999999999999999999999999.0123456789"),
    "grüße",
    new byte[] {0, -1},
    LocalDate.of(1969, 12, 31),
    LocalTime.of(23, 59, 59, 999_999_000),
    LocalDateTime.of(1960, 1, 2, 3, 4, 5, 6_000),
    Instant.parse("2026-01-02T03:04:05.678901Z"),
    new UUID(-1, 2),
    "{\"a\": 1}",
    Arrays.asList("x", null, "")
  };

  @Test
  void readsBackEveryTypeWithNullsAndWeights() {
    BatchBuilder builder = new BatchBuilder(ALL_TYPES, 0);
    builder.row(1, ROW);
    builder.row(-3, new Object[ALL_TYPES.columnCount()]);
    builder.row(2, ROW);
    Batch batch = builder.build();

    Batch read = roundTrip(batch);

    assertThat(read.rowCount()).isEqualTo(3);
    assertThat(List.of(read.weight(0), read.weight(1), read.weight(2)))
        .containsExactly(1L, -3L, 2L);
    assertThat(Values.readRow(read, 0)).usingRecursiveComparison().isEqualTo(ROW);
    assertThat(Values.readRow(read, 1)).containsOnlyNulls();
    assertThat(Values.readRow(read, 2)).usingRecursiveComparison().isEqualTo(ROW);
  }

  @Test
  void writesASliceAsIfThereWereNoOtherRows() {
    BatchBuilder all = new BatchBuilder(ALL_TYPES, 0);
    BatchBuilder some = new BatchBuilder(ALL_TYPES, 0);
    for (int row = 0; row < 10; row++) {
      Object[] values = row % 3 == 0 ? new Object[ALL_TYPES.columnCount()] : ROW;
      all.row(row + 1, values);
      if (row >= 4 && row < 9) {
        some.row(row + 1, values);
      }
    }
    Batch slice = Rows.slice(all.build(), 4, 9);
    assertThat(bytes(slice)).isEqualTo(bytes(some.build()));
    assertThat(Rows.slice(slice, 2, 2).isEmpty()).isTrue();
    Batch joined =
        Rows.concat(ALL_TYPES, List.of(Rows.slice(slice, 0, 2), Rows.slice(slice, 2, 5)));
    assertThat(bytes(joined)).isEqualTo(bytes(slice));
  }

  /** Integers of each width, with weights and without, with NULLs and without. */
  private static Batch random(SplittableRandom random) {
    List<Column> columns = new ArrayList<>(ALL_TYPES.columns());
    columns.add(Column.nullable("byte", Simple.BIGINT));
    columns.add(Column.nullable("int", Simple.BIGINT));
    columns.add(Column.notNull("id", Simple.BIGINT));
    columns.add(Column.notNull("name", Simple.VARCHAR));
    Schema schema = new Schema(columns);
    boolean hasNulls = random.nextBoolean();
    boolean hasWeights = random.nextBoolean();
    BatchBuilder rows = new BatchBuilder(schema, 0);
    for (long row = random.nextInt(1, 40); row > 0; row--) {
      Object[] values = Arrays.copyOf(ROW, schema.columnCount());
      values[7] = "text " + "x".repeat(random.nextInt(30));
      values[16] = (long) random.nextInt(-100, 100);
      values[17] = (long) random.nextInt();
      values[0] = random.nextBoolean();
      values[4] = random.nextDouble();
      for (int i = 0; hasNulls && i < 18; i++) {
        values[i] = random.nextInt(3) == 0 ? null : values[i];
      }
      values[18] = random.nextLong();
      values[19] = "name " + row;
      rows.row(hasWeights ? random.nextInt(1, 5) : 1, values);
    }
    return rows.build();
  }

  @Test
  void readsSomeRowsAsIfTheyWereAll() {
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 200; i++) {
      Batch batch = random(random);
      int[] rows =
          IntStream.range(0, batch.rowCount()).filter(_ -> random.nextInt(3) == 0).toArray();
      byte[] bytes = bytes(batch);
      ByteReader in = new ByteReader(bytes, 0, bytes.length);

      Batch some = BatchCodec.read(in, batch.schema(), rows);

      assertThat(bytes(some)).isEqualTo(bytes(Rows.gather(batch, rows, rows.length)));
      assertThat(in.remaining()).isZero();
    }
  }

  @Test
  void refusesEveryTruncationAlsoWhereSomeRowsAreRead() {
    Batch batch = random(new SplittableRandom(12));
    byte[] bytes = bytes(batch);
    for (int length = 0; length < bytes.length; length++) {
      ByteReader in = new ByteReader(bytes, 0, length);
      assertThatThrownBy(() -> BatchCodec.read(in, batch.schema(), new int[] {0}))
          .isInstanceOfSatisfying(
              FreshetException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_DAMAGED));
    }
    ByteReader in = new ByteReader(bytes, 0, bytes.length);
    assertThatThrownBy(() -> BatchCodec.read(in, batch.schema(), new int[] {0, batch.rowCount()}))
        .hasMessageContaining("row count " + batch.rowCount());
  }

  private static byte[] bytes(Batch batch) {
    ByteWriter out = new ByteWriter(64);
    BatchCodec.write(out, batch);
    return out.toByteArray();
  }

  @Test
  void refusesEveryTruncation() {
    BatchBuilder builder = new BatchBuilder(ALL_TYPES, 0);
    builder.row(1, ROW);
    ByteWriter out = new ByteWriter(64);
    BatchCodec.write(out, builder.build());
    for (int length = 0; length < out.length(); length++) {
      ByteReader in = new ByteReader(out.array(), 0, length);
      assertThatThrownBy(() -> BatchCodec.read(in, ALL_TYPES))
          .isInstanceOfSatisfying(
              FreshetException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_DAMAGED));
    }
  }

  @Test
  void readsBackTheSchema() {
    ByteWriter out = new ByteWriter(64);
    SchemaCodec.write(out, ALL_TYPES);
    assertThat(SchemaCodec.read(new ByteReader(out.array(), 0, out.length()))).isEqualTo(ALL_TYPES);
  }

  @Test
  void refusesADecimalThatDoesNotFit() {
    VectorBuilder builder = new VectorBuilder(DataType.Layout.LONG, 1);
    assertThatThrownBy(
            () -> Values.append(builder, new DataType.Decimal(5, 2), new BigDecimal("1234.5")))
        .hasMessageContaining("Invalid value for DECIMAL(5, 2): 1234.5");
  }

  private static Batch roundTrip(Batch batch) {
    ByteWriter out = new ByteWriter(64);
    BatchCodec.write(out, batch);
    return BatchCodec.read(new ByteReader(out.array(), 0, out.length()), batch.schema());
  }
}
