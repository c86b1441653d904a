package dev.freshet.lake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Values;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other engines read what the lake wrote, while it is open: Iceberg's own reader, and DuckDB. */
class LakeInteropTest {
  private static final Schema ALL_TYPES =
      Schema.of(
          Column.notNull("id", Simple.INTEGER),
          Column.nullable("boolean", Simple.BOOLEAN),
          Column.nullable("tiny", Simple.TINYINT),
          Column.nullable("small", Simple.SMALLINT),
          Column.nullable("big", Simple.BIGINT),
          Column.nullable("real", Simple.REAL),
          Column.nullable("double", Simple.DOUBLE),
          Column.nullable("money", new DataType.Decimal(9, 2)),
          Column.nullable("amount", new DataType.Decimal(18, 4)),
          Column.nullable("huge", new DataType.Decimal(38, 10)),
          Column.nullable("text", Simple.VARCHAR),
          Column.nullable("bytes", Simple.BINARY),
          Column.nullable("date", Simple.DATE),
          Column.nullable("time", Simple.TIME),
          Column.nullable("local", Simple.TIMESTAMP),
          Column.nullable("instant", Simple.TIMESTAMP_LTZ),
          Column.nullable("uuid", Simple.UUID),
          Column.nullable("json", Simple.JSON),
          Column.nullable("tags", new DataType.Array(Simple.VARCHAR)),
          Column.nullable("numbers", new DataType.Array(Simple.INTEGER)),
          Column.nullable("counts", new DataType.Map(Simple.VARCHAR, Simple.BIGINT)),
          Column.nullable(
              "address", row("city", Simple.VARCHAR, "zips", new DataType.Array(Simple.INTEGER))),
          Column.nullable(
              "items",
              new DataType.Array(row("name", Simple.VARCHAR, "price", new DataType.Decimal(9, 2)))),
          Column.nullable(
              "lists", new DataType.Map(Simple.INTEGER, new DataType.Array(Simple.VARCHAR))),
          Column.nullable("matrix", new DataType.Array(new DataType.Array(Simple.DOUBLE))),
          Column.nullable(
              "deep",
              row(
                  "inner",
                  row("flag", Simple.BOOLEAN, "at", Simple.TIMESTAMP),
                  "by_day",
                  new DataType.Map(Simple.DATE, row("a", Simple.UUID, "b", Simple.BINARY)))));

  private static DataType row(String name, DataType type, String other, DataType otherType) {
    return new DataType.Row(
        List.of(new DataType.Row.Field(name, type), new DataType.Row.Field(other, otherType)));
  }

  @TempDir Path directory;

  @Test
  void everyTypeReadsTheSameEverywhere() throws Exception {
    long seed = System.nanoTime();
    System.out.println("LakeInteropTest seed " + seed);
    Random random = new Random(seed);
    Storage storage = new LocalStorage(directory);
    Lake lake = Lake.open(storage, LakeOptions.defaults());
    LakeTable table = lake.keyed("silver.types", ALL_TYPES, new int[] {0});
    List<String> expected = new ArrayList<>();
    BatchBuilder rows = new BatchBuilder(ALL_TYPES, 500);
    for (int id = 0; id < 500; id++) {
      Object[] row = randomRow(random, id);
      rows.row(1, row);
      expected.add(text(row));
    }
    lake.stage(1, table, rows.build());
    lake.publish(1, Map.of());

    LakeReader reader = LakeReader.open(storage);
    List<String> own = new ArrayList<>();
    reader.read("silver.types", batch -> own.addAll(texts(batch)));
    assertThat(TestRows.sorted(own)).isEqualTo(TestRows.sorted(expected));
    assertThat(TestRows.sorted(icebergRows(reader, "silver.types")))
        .isEqualTo(TestRows.sorted(expected));
    assertThat(duckDb(reader, "silver.types", "count(*)")).isEqualTo("500");
    String counts =
        ALL_TYPES.names().stream()
            .skip(1)
            .map(column -> "count(\"" + column + "\")")
            .collect(Collectors.joining(" + "));
    assertThat(duckDb(reader, "silver.types", counts)).isEqualTo(Long.toString(nonNulls(reader)));
    assertThat(duckDb(reader, "silver.types", "sum(coalesce(len(items), 0))"))
        .isEqualTo(Long.toString(itemCount(reader)));
    assertThat(duckDb(reader, "silver.types", "count(address.city)"))
        .isEqualTo(Long.toString(own.stream().filter(row -> row.contains("[Bonn,")).count()));
    assertThat(duckDbRows(reader, "silver.types", "id, money, huge, text, date, local, uuid, tags"))
        .hasSize(500);
    for (String column : List.of("money", "amount", "huge", "big")) {
      assertThat(duckDb(reader, "silver.types", "sum(" + column + ")"))
          .isEqualTo(sum(reader, column));
    }
  }

  @Test
  void deletedRowsAreDeletedEverywhere() throws Exception {
    long seed = System.nanoTime();
    System.out.println("LakeInteropTest seed " + seed);
    Random random = new Random(seed);
    Storage storage = new LocalStorage(directory);
    Lake lake = Lake.open(storage, new LakeOptions(5, 4, 1_000_000));
    LakeTable table = lake.keyed("gold.t", LakeTest.SCHEMA, new int[] {0});
    TestModel model = new TestModel(random, 3_000);
    for (long step = 1; step <= 10; step++) {
      lake.stage(step, table, model.change(1 + random.nextInt(2_000)));
      lake.publish(step, Map.of());
      LakeReader reader = LakeReader.open(storage);
      assertThat(TestRows.sorted(icebergRows(reader, "gold.t")))
          .isEqualTo(TestRows.sorted(model.rows()));
      assertThat(TestRows.sorted(duckDbRows(reader, "gold.t", "id, name, amount")))
          .isEqualTo(TestRows.sorted(model.rows()));
    }
  }

  @Test
  void theVersionHintNamesTheCurrentMetadata() throws Exception {
    Storage storage = new LocalStorage(directory);
    Lake lake = Lake.open(storage, LakeOptions.defaults());
    LakeTable table = lake.keyed("gold.t", LakeTest.SCHEMA, new int[] {0});
    for (long step = 1; step <= 3; step++) {
      lake.stage(step, table, new TestModel(new Random(step), 10).change(5));
      lake.publish(step, Map.of());
      Path metadata = directory.resolve("lake/gold/t/metadata");
      String hint = Files.readString(metadata.resolve("version-hint.text"));
      assertThat(metadata.resolve("v" + hint + ".metadata.json").toString())
          .isEqualTo(LakeReader.open(storage).metadataLocation("gold.t"));
      assertThat(metadata.resolve("v" + (Long.parseLong(hint) + 1) + ".metadata.json"))
          .doesNotExist();
    }
  }

  private static Object[] randomRow(Random random, int id) {
    Object[] row = {
      id,
      random.nextBoolean(),
      (byte) random.nextInt(),
      (short) random.nextInt(),
      random.nextLong() >> 3,
      random.nextFloat(),
      random.nextGaussian(),
      BigDecimal.valueOf(random.nextInt(1_000_000_000) - 500_000_000, 2),
      BigDecimal.valueOf(random.nextLong() % 1_000_000_000_000_000_000L, 4),
      new BigDecimal(new java.math.BigInteger(100, random), 10)
          .multiply(BigDecimal.valueOf(random.nextBoolean() ? 1 : -1)),
      "t\u00e4xt \ud83d\ude00 " + random.nextInt(),
      ByteBuffer.allocate(8).putLong(random.nextLong()).array(),
      LocalDate.ofEpochDay(random.nextInt(40_000) - 10_000),
      LocalTime.ofNanoOfDay(random.nextInt(86_400_000) * 1_000_000L + 1_000),
      LocalDateTime.of(1960 + random.nextInt(100), 2, 3, 4, 5, 6, 789_123_000),
      Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000) * 1_000L),
      new UUID(random.nextLong(), random.nextLong()),
      "{\"a\": " + random.nextInt() + "}",
      Arrays.asList("x" + random.nextInt(), null, "\u00fc"),
      random.nextInt(4) == 0 ? List.of() : Arrays.asList(random.nextInt(), null),
      random.nextInt(4) == 0 ? Map.of() : map("k" + random.nextInt(), random.nextLong(), "n", null),
      Arrays.asList(random.nextBoolean() ? "Bonn" : null, list(random, random::nextInt)),
      list(random, () -> Arrays.asList("i", BigDecimal.valueOf(random.nextInt(1_000_000), 2))),
      map(1, list(random, () -> "x" + random.nextInt()), 2 + random.nextInt(9), null),
      list(random, () -> list(random, random::nextGaussian)),
      Arrays.asList(
          random.nextBoolean()
              ? null
              : Arrays.asList(random.nextBoolean(), LocalDateTime.of(2026, 1, 2, 3, 4, 5)),
          map(
              LocalDate.ofEpochDay(random.nextInt(9_000)),
              Arrays.asList(new UUID(1, random.nextLong()), new byte[] {1, 2}),
              LocalDate.ofEpochDay(-1),
              Arrays.asList(null, null)))
    };
    for (int i = 1; i < row.length; i++) {
      row[i] = random.nextInt(5) == 0 ? null : row[i];
    }
    return row;
  }

  private static Map<Object, Object> map(Object key, Object value, Object other, Object second) {
    Map<Object, Object> map = new HashMap<>();
    map.put(key, value);
    map.put(other, second);
    return map;
  }

  /** None, or up to four values of which some are null; null itself in some cases. */
  private static List<Object> list(Random random, Supplier<Object> value) {
    if (random.nextInt(6) == 0) {
      return null;
    }
    List<Object> list = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      list.add(random.nextInt(4) == 0 ? null : value.get());
    }
    return list;
  }

  private static List<String> texts(Batch batch) {
    List<String> rows = new ArrayList<>();
    for (int row = 0; row < batch.rowCount(); row++) {
      rows.add(text(Values.readRow(batch, row)));
    }
    return rows;
  }

  /** The same text for a value, whichever engine's object holds it. */
  private static String text(Object[] row) {
    return Arrays.stream(row).map(LakeInteropTest::text).collect(Collectors.joining("|"));
  }

  private static String text(Object value) {
    return switch (value) {
      case null -> "NULL";
      case byte[] bytes -> Arrays.toString(bytes);
      case ByteBuffer bytes -> {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        yield Arrays.toString(copy);
      }
      case OffsetDateTime time -> time.toInstant().toString();
      case Float f -> Double.toString(f);
      case BigDecimal decimal -> decimal.toPlainString();
      case List<?> list ->
          list.stream().map(LakeInteropTest::text).collect(Collectors.joining(",", "[", "]"));
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(entry -> text(entry.getKey()) + "=" + text(entry.getValue()))
              .sorted()
              .collect(Collectors.joining(",", "{", "}"));
      case Record record -> {
        List<Object> fields = new ArrayList<>();
        for (int i = 0; i < record.size(); i++) {
          fields.add(record.get(i));
        }
        yield text(fields);
      }
      default -> value.toString();
    };
  }

  private static long itemCount(LakeReader reader) {
    long[] count = {0};
    reader.read(
        "silver.types",
        batch -> {
          int c = batch.schema().indexOf("items");
          for (int row = 0; row < batch.rowCount(); row++) {
            Object value = Values.read(batch.schema().type(c), batch.column(c), row);
            count[0] += value == null ? 0 : ((List<?>) value).size();
          }
        });
    return count[0];
  }

  private static long nonNulls(LakeReader reader) {
    long[] count = {0};
    reader.read(
        "silver.types",
        batch -> {
          for (int c = 1; c < batch.columns().length; c++) {
            for (int row = 0; row < batch.rowCount(); row++) {
              count[0] += batch.column(c).isNull(row) ? 0 : 1;
            }
          }
        });
    return count[0];
  }

  private static String sum(LakeReader reader, String column) {
    BigDecimal[] sum = {BigDecimal.ZERO};
    reader.read(
        "silver.types",
        batch -> {
          int c = batch.schema().indexOf(column);
          for (int row = 0; row < batch.rowCount(); row++) {
            Object value = Values.read(batch.schema().type(c), batch.column(c), row);
            sum[0] = value == null ? sum[0] : sum[0].add(new BigDecimal(value.toString()));
          }
        });
    return sum[0].toPlainString();
  }

  private static Table iceberg(LakeReader reader, String table) {
    return new BaseTable(
        new StaticTableOperations(reader.metadataLocation(table), new PlainFiles()), table);
  }

  static List<String> icebergRows(LakeReader reader, String table) throws IOException {
    List<String> rows = new ArrayList<>();
    Table loaded = iceberg(reader, table);
    int columns = loaded.schema().columns().size();
    try (CloseableIterable<Record> records = IcebergGenerics.read(loaded).build()) {
      for (Record record : records) {
        Object[] row =
            new Object[columns]; // the reader appends the position when it applies deletes
        for (int i = 0; i < row.length; i++) {
          row[i] = record.get(i);
        }
        rows.add(table.startsWith("gold") ? Arrays.toString(row) : text(row));
      }
    }
    return rows;
  }

  /** The value of one expression over all live rows. */
  private static String duckDb(LakeReader reader, String table, String expression)
      throws IOException, SQLException {
    String row = duckDbRows(reader, table, expression).get(0);
    return row.substring(1, row.length() - 1);
  }

  /** All live rows: the data files without the positions that the deletion vectors hold. */
  static List<String> duckDbRows(LakeReader reader, String name, String columns)
      throws IOException, SQLException {
    List<String> files = new ArrayList<>();
    List<String> positions = new ArrayList<>();
    Table table = iceberg(reader, name);
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        for (DeleteFile delete : task.deletes()) {
          addPositions(files.size(), delete, positions);
        }
        files.add("'" + task.file().location() + "'");
      }
    }
    if (files.isEmpty()) {
      return List.of();
    }
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("create table deleted(f bigint, p bigint)");
      if (!positions.isEmpty()) {
        statement.execute("insert into deleted values " + String.join(",", positions));
      }
      try (ResultSet result =
          statement.executeQuery(
              "select "
                  + columns
                  + " from read_parquet(["
                  + String.join(",", files)
                  + "]) d where not exists (select 1 from deleted where f = d.file_index and p ="
                  + " d.file_row_number)")) {
        return rows(result);
      }
    }
  }

  private static void addPositions(int file, DeleteFile delete, List<String> positions)
      throws IOException {
    byte[] puffin = Files.readAllBytes(Path.of(delete.location()));
    int offset = Math.toIntExact(delete.contentOffset());
    byte[] vector =
        Arrays.copyOfRange(puffin, offset, offset + Math.toIntExact(delete.contentSizeInBytes()));
    PositionDeleteIndex.deserialize(vector, delete)
        .forEach(position -> positions.add("(" + file + "," + position + ")"));
  }

  private static List<String> rows(ResultSet result) throws SQLException {
    List<String> rows = new ArrayList<>();
    while (result.next()) {
      Object[] row = new Object[result.getMetaData().getColumnCount()];
      for (int i = 0; i < row.length; i++) {
        row[i] = result.getObject(i + 1);
      }
      rows.add(Arrays.toString(row));
    }
    return rows;
  }

  /** Files of the local disk, without any of the lake's code. */
  private static final class PlainFiles implements FileIO {
    @Override
    public InputFile newInputFile(String location) {
      return org.apache.iceberg.Files.localInput(location);
    }

    @Override
    public OutputFile newOutputFile(String location) {
      throw new UnsupportedOperationException(location);
    }

    @Override
    public void deleteFile(String location) {
      throw new UnsupportedOperationException(location);
    }
  }
}
