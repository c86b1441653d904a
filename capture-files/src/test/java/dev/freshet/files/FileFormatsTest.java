package dev.freshet.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.freshet.contracts.Contract;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as others write them become the rows that they hold. */
@Timeout(120)
class FileFormatsTest {
  private static final Contract TEXTS = Inbox.columns("id", Simple.BIGINT, "text", Simple.VARCHAR);
  private static final String A = "{\"id\":1,\"text\":\"a, b\"}";
  private static final String B = "{\"id\":2,\"text\":\"c\\nd\"}";
  private static final String C = "{\"id\":3,\"text\":null}";

  @TempDir private Path folder;

  private void reads(String name, byte[] bytes, String... rows) throws IOException {
    try (Inbox inbox = new Inbox(folder, UnaryOperator.identity(), TEXTS)) {
      inbox.put(name, bytes);
      inbox.start();
      inbox.awaitRows(rows);
      assertThat(inbox.log().refused()).isEmpty();
    }
  }

  private void reads(String name, String text, String... rows) throws IOException {
    reads(name, text.getBytes(StandardCharsets.UTF_8), rows);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id,text\n1,\"a, b\"\n2,\"c\nd\"\n3,\n",
        "text,id\r\n\"a, b\",1\r\n\"c\nd\",2\r\n,3", // no last line end
        "id;text\n1;a, b\n2;\"c\nd\"\n3;\n",
        "id\ttext\n1\ta, b\n2\t\"c\nd\"\n3\t\n",
        "id|text\n\n1|a, b\n\n2|\"c\nd\"\n3|\n\n", // blank lines
        "id,text\n1,'a, b'\n2,'c\nd'\n3,\n",
        "ID,Text\n1,\"a, b\"\n2,\"c\nd\"\n3,\n",
        "1,\"a, b\"\n2,\"c\nd\"\n3,\n", // no header
        "\uFEFFid,text\n1,\"a, b\"\n2,\"c\nd\"\n3,\n",
      })
  void findsOutTheDialectOfCsv(String csv) throws IOException {
    reads("x.csv", csv, A, B, C);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id,text\n1,'ada'\n2,'grace'\n",
        "'id';'text'\n'1';'ada'\n'2';'grace'",
        "1,'ada'\n2,'grace'\n",
        "id,text\n2,grace\n1,'ada'\n",
      })
  void findsSingleQuotes(String csv) throws IOException {
    reads("x.csv", csv, "{\"id\":1,\"text\":\"ada\"}", "{\"id\":2,\"text\":\"grace\"}");
  }

  @Test
  void takesApostrophesForText() throws IOException {
    reads(
        "x.csv",
        "id,text\n1,'tis\n2,\"'n'\"\n3,'twas\n",
        "{\"id\":1,\"text\":\"'tis\"}",
        "{\"id\":2,\"text\":\"'n'\"}",
        "{\"id\":3,\"text\":\"'twas\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\": 1, \"text\": \"a, b\"}\n\n{\"text\": \"c\\nd\", \"id\": 2}\r\n{\"id\": 3}",
        "[{\"id\": 1, \"text\": \"a, b\"}, {\"id\": 2, \"text\": \"c\\nd\"},\n{\"id\": 3}]\n",
        " [ ]{",
        "{\n  \"id\": 1,\n  \"text\": \"a, b\"\n}\n{\n  \"id\": 2, \"text\": \"c\\nd\"}{\"id\": 3\n}",
      })
  void findsOutTheFormOfJson(String json) throws IOException {
    if (json.equals(" [ ]{")) {
      try (Inbox inbox = new Inbox(folder, UnaryOperator.identity(), TEXTS)) {
        inbox.put("x.json", json);
        inbox.start();
        inbox.awaitRefused(1);
        assertThat(inbox.refusal(0)).contains("something stands behind the array's end");
      }
      return;
    }
    reads("x.json", json, A, B, C);
  }

  @Test
  void unpacksGzipAndZstd() throws IOException {
    byte[] csv = "id,text\n1,\"a, b\"\n2,\"c\nd\"\n3,\n".getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    for (int from : new int[] {0, 10}) { // two members, as appended archives have
      try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
        gzip.write(csv, from, from == 0 ? 10 : csv.length - 10);
      }
    }
    reads("x.csv.gz", packed.toByteArray(), A, B, C);
    folder = Files.createDirectories(folder.resolve("second"));
    reads("y.csv.zst", Zstd.compress(csv), A, B, C);
    folder = Files.createDirectories(folder.resolve("third"));
    reads("z.csv", Zstd.compress(csv), A, B, C); // the first bytes tell it
  }

  @ParameterizedTest
  @ValueSource(strings = {"snappy", "zstd", "gzip", "uncompressed"})
  void readsParquet(String codec) throws Exception {
    Contract contract =
        Inbox.columns(
            "id", Simple.BIGINT,
            "ok", Simple.BOOLEAN,
            "amount", new DataType.Decimal(10, 2),
            "ratio", Simple.DOUBLE,
            "day", Simple.DATE,
            "at", Simple.TIMESTAMP,
            "seen", Simple.TIMESTAMP_LTZ,
            "name", Simple.VARCHAR,
            "raw", Simple.BINARY,
            "uid", Simple.UUID,
            "tags", new DataType.Array(Simple.VARCHAR));
    try (Inbox inbox = new Inbox(folder, UnaryOperator.identity(), contract);
        Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement sql = duck.createStatement()) {
      sql.execute("SET TimeZone = 'UTC'");
      sql.execute(
          "COPY (SELECT i AS id, i % 2 = 0 AS ok, (i / 4)::DECIMAL(10, 2) AS amount, i / 8 AS ratio,"
              + " DATE '2026-01-31' + (i % 3)::INTEGER AS day,"
              + " TIMESTAMP '2026-01-31 10:30:00.123456' AS at,"
              + " TIMESTAMPTZ '2026-01-31 10:30:00+00' AS seen,"
              + " CASE WHEN i % 5 = 0 THEN NULL ELSE 'name ' || i END AS name,"
              + " 'ab'::BLOB AS raw, '123e4567-e89b-12d3-a456-426614174000'::UUID AS uid,"
              + " ['x', NULL, 'y' || i] AS tags"
              + " FROM range(12000) AS r(i)) TO '"
              + inbox.folder().resolve("x.parquet")
              + "' (FORMAT parquet, ROW_GROUP_SIZE 4096, CODEC '"
              + codec
              + "')");
      inbox.start();
      inbox.log().await(() -> inbox.rows().size() == 12_000);
      assertThat(inbox.log().refused()).isEmpty();
      assertThat(inbox.log().size()).as("batches").isGreaterThan(1);
      assertThat(inbox.rows())
          .contains(
              "{\"id\":7,\"ok\":false,\"amount\":1.75,\"ratio\":0.875,\"day\":\"2026-02-01\","
                  + "\"at\":\"2026-01-31T10:30:00.123456\",\"seen\":\"2026-01-31T10:30:00Z\","
                  + "\"name\":\"name 7\",\"raw\":\"YWI=\","
                  + "\"uid\":\"123e4567-e89b-12d3-a456-426614174000\","
                  + "\"tags\":[\"x\",null,\"y7\"]}");

      inbox.crash(1); // in the middle of the file
      inbox.start();
      inbox.log().await(() -> inbox.rows().size() == 12_000);
      assertThat(inbox.rows()).doesNotHaveDuplicates();
    }
  }

  private static byte[] avro(int rows, CodecFactory codec) throws IOException {
    Schema schema =
        SchemaBuilder.record("r")
            .fields()
            .requiredLong("id")
            .optionalString("name")
            .name("at")
            .type(LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG)))
            .noDefault()
            .name("amount")
            .type(LogicalTypes.decimal(10, 2).addToSchema(Schema.create(Schema.Type.BYTES)))
            .noDefault()
            .name("tags")
            .type()
            .array()
            .items()
            .intType()
            .noDefault()
            .endRecord();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DataFileWriter<GenericRecord> writer =
        new DataFileWriter<>(new GenericDatumWriter<GenericRecord>(schema))) {
      writer.setCodec(codec).setSyncInterval(2_000).create(schema, out);
      for (long i = 0; i < rows; i++) {
        GenericRecord row = new GenericData.Record(schema);
        row.put("id", i);
        row.put("name", i % 2 == 0 ? null : "n" + i);
        row.put("at", 1_769_855_400_123_456L);
        row.put("amount", ByteBuffer.wrap(new byte[] {(byte) i}));
        row.put("tags", List.of(1, 2));
        writer.append(row);
      }
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "deflate", "snappy", "zstandard", "bzip2"})
  void readsAvro(String codec) throws IOException {
    Contract contract =
        Inbox.columns(
            "id", Simple.BIGINT,
            "name", Simple.VARCHAR,
            "at", Simple.TIMESTAMP_LTZ,
            "amount", new DataType.Decimal(10, 2),
            "tags", new DataType.Array(Simple.INTEGER));
    try (Inbox inbox = new Inbox(folder, UnaryOperator.identity(), contract)) {
      inbox.put("x.avro", avro(11_000, CodecFactory.fromString(codec)));
      inbox.start();
      inbox.log().await(() -> inbox.rows().size() == 11_000);
      assertThat(inbox.log().refused()).isEmpty();
      assertThat(inbox.rows())
          .contains(
              "{\"id\":5,\"name\":\"n5\",\"at\":\"2026-01-31T10:30:00.123456Z\",\"amount\":0.05,"
                  + "\"tags\":[1,2]}",
              "{\"id\":4,\"name\":null,\"at\":\"2026-01-31T10:30:00.123456Z\",\"amount\":0.04,"
                  + "\"tags\":[1,2]}");

      inbox.crash(1);
      inbox.start();
      inbox.log().await(() -> inbox.rows().size() == 11_000);
      assertThat(inbox.rows()).doesNotHaveDuplicates();
    }
  }

  @Test
  void quarantinesADamagedFileWhole() throws IOException {
    try (Inbox inbox =
        new Inbox(folder, UnaryOperator.identity(), Inbox.columns("id", Simple.BIGINT))) {
      byte[] avro = avro(3_000, CodecFactory.deflateCodec(6));
      avro[avro.length / 2] ^= 0x55;
      inbox.put("a.avro", avro);
      inbox.put("b.parquet", "PAR1 and then nothing");
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
        gzip.write(("id\n" + "1\n2\n".repeat(10_000)).getBytes(StandardCharsets.UTF_8));
      }
      byte[] half = Arrays.copyOf(packed.toByteArray(), packed.size() - 6);
      inbox.put("c.csv.gz", half);
      inbox.put("d.csv", "id\n1\n\"2\"x\n");
      inbox.put("e.csv", new byte[] {'i', 'd', '\n', (byte) 0xC3, '\n'});
      inbox.put("f.csv", "id\n7\n");
      inbox.start();
      inbox.awaitRefused(5);
      inbox.awaitRows("{\"id\":7}");
      assertThat(inbox.log().refused())
          .extracting(row -> row.reason())
          .allSatisfy(reason ->
              assertThat(reason)
                  .contains("the file is quarantined, and none of its rows was taken"))
          .anySatisfy(reason -> assertThat(reason).startsWith("a.avro: "))
          .anySatisfy(reason -> assertThat(reason).contains("b.parquet", "its footer is missing"))
          .anySatisfy(reason ->
              assertThat(reason)
                  .contains("c.csv.gz", "it ends in the middle of its compressed data"))
          .anySatisfy(reason ->
              assertThat(reason).contains("d.csv", "line 3: text stands behind a closing quote"))
          .anySatisfy(reason -> assertThat(reason).contains("e.csv", "it is not UTF-8"));
    }
  }
}
