package dev.freshet.runtime.system;

import static dev.freshet.runtime.system.HttpProject.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.Values;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.lake.LakeReader;
import dev.freshet.runtime.inspect.LogDump;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows posted to a running project, over real HTTP. */
@Timeout(120)
class HttpIngestTest {
  @TempDir private Path directory;
  private HttpProject project;

  @BeforeEach
  void start() throws Exception {
    project = HttpProject.create(directory);
    project.start();
  }

  @AfterEach
  void stop() {
    project.close();
  }

  @Test
  void takesRowsInEveryForm() throws Exception {
    assertThat(project.post("users", JSON, "{\"id\": 1, \"name\": \"a\"}").body())
        .isEqualTo("{\"table\":\"users\",\"accepted\":1,\"refused\":[]}\n");
    project.post("users", JSON, "[{\"id\": 2, \"name\": \"b\", \"score\": 1.5}]");
    project.post("users", "application/x-ndjson", "{\"id\": 3, \"name\": \"c\"}\n");
    project.post("users", "text/csv; charset=UTF-8", "name,id\nd,4\n");
    project.post(
        "users",
        "application/cloudevents+json",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\","
            + "\"data\":{\"id\":5,\"name\":\"e\"}}");
    project.post(
        "users",
        "application/cloudevents-batch+json",
        "[{\"specversion\":\"1.0\",\"id\":\"2\",\"source\":\"s\",\"type\":\"t\","
            + "\"data\":{\"id\":6,\"name\":\"f\"}}]");
    HttpResponse<String> binary =
        project.post(
            "users",
            JSON,
            "{\"id\":7,\"name\":\"g\"}",
            "ce-specversion",
            "1.0",
            "ce-id",
            "3",
            "ce-source",
            "s",
            "ce-type",
            "t");
    assertThat(binary.statusCode()).isEqualTo(200);
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write("{\"id\": 8, \"name\": \"h\"}".getBytes(StandardCharsets.UTF_8));
    }
    project.send(
        project
            .request("/v1/ingest/users")
            .header("Content-Type", JSON)
            .header("Content-Encoding", "gzip")
            .POST(BodyPublishers.ofByteArray(zipped.toByteArray())));
    assertThat(project.query("SELECT id, name, score FROM users ORDER BY id"))
        .isEqualTo("1,a,\n2,b,1.50\n3,c,\n4,d,\n5,e,\n6,f,\n7,g,\n8,h,\n");
  }

  @Test
  void takesContainerFilesOfAvro() throws Exception {
    Schema schema =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "User", "fields": [
                  {"name": "id", "type": "long"},
                  {"name": "name", "type": ["null", "string"]},
                  {"name": "score", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 3}]},
                  {"name": "_op", "type": ["null", "string"], "default": null}]}\
                """);
    List<GenericData.Record> users = new ArrayList<>();
    for (long id = 1; id <= 500; id++) {
      GenericData.Record user = new GenericData.Record(schema);
      user.put("id", id);
      user.put("name", id == 7 ? null : "user " + id);
      user.put("score", ByteBuffer.wrap(BigInteger.valueOf(id * 10).toByteArray()));
      users.add(user);
    }
    for (CodecFactory codec : List.of(CodecFactory.nullCodec(), CodecFactory.deflateCodec(6))) {
      HttpResponse<String> answer = post("users", container(schema, codec, users));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(answer.body())
          .contains("\"accepted\":499")
          .contains("{\"index\":6,\"code\":\"CONTRACT_VIOLATED\",\"reason\":\"column name is NULL");
    }
    assertThat(project.query("SELECT COUNT(*), SUM(score) FROM users")).isEqualTo("499,1252.43\n");
    assertThat(dump()).contains("{\"id\":7,\"name\":null,\"score\":\"Rg==\",\"_op\":null}");
    users.get(1).put("_op", "delete");
    assertThat(
            post("users", container(schema, CodecFactory.nullCodec(), users.subList(1, 2))).body())
        .contains("\"accepted\":1");
    assertThat(project.query("SELECT COUNT(*) FROM users")).isEqualTo("498\n");
  }

  @Test
  void refusesWhatIsNoContainerFileOfAvroAsAWhole() throws Exception {
    Schema schema =
        new Schema.Parser()
            .parse(
                "{\"type\": \"record\", \"name\": \"U\", \"fields\": [{\"name\": \"id\", \"type\": \"long\"},"
                    + " {\"name\": \"name\", \"type\": \"string\"}]}");
    GenericData.Record user = new GenericData.Record(schema);
    user.put("id", 1L);
    user.put("name", "a".repeat(100_000));
    byte[] bomb = container(schema, CodecFactory.deflateCodec(9), List.of(user));
    HttpResponse<String> tooLong = post("users", bomb);
    assertThat(tooLong.statusCode()).isEqualTo(413);
    assertThat(tooLong.body()).contains("unpacked to more than 65536 bytes");
    user.put("name", "a");
    byte[] whole = container(schema, CodecFactory.nullCodec(), List.of(user));
    byte[] snappy = container(schema, CodecFactory.snappyCodec(), List.of(user));
    byte[] otherMark = whole.clone();
    otherMark[whole.length - 1] ^= 1;
    Map<String, byte[]> wrong = new LinkedHashMap<>();
    wrong.put("it does not begin with Obj and 1", "{}".getBytes(StandardCharsets.UTF_8));
    wrong.put("a block does not end with the file's mark", otherMark);
    wrong.put("it ends inside a value", Arrays.copyOf(whole, whole.length - 3));
    wrong.put("packed by the codec snappy, and null and deflate are read", snappy);
    for (Map.Entry<String, byte[]> each : wrong.entrySet()) {
      HttpResponse<String> answer = post("users", each.getValue());
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body())
          .contains("Cannot read the body as an Avro container file")
          .contains(each.getKey());
    }
    assertThat(post("users", whole, "ce-specversion", "1.0").body())
        .contains("Its data is application/json");
    assertThat(project.query("SELECT COUNT(*) FROM users")).isEqualTo("0\n");
  }

  private HttpResponse<String> post(String table, byte[] body, String... headers) throws Exception {
    HttpRequest.Builder request =
        project
            .request("/v1/ingest/" + table)
            .header("Content-Type", "application/avro")
            .POST(BodyPublishers.ofByteArray(body));
    return project.send(headers.length == 0 ? request : request.headers(headers));
  }

  private static byte[] container(
      Schema schema, CodecFactory codec, List<GenericData.Record> records) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DataFileWriter<GenericData.Record> writer =
        new DataFileWriter<>(new GenericDatumWriter<>(schema))) {
      writer.setCodec(codec).setSyncInterval(1_000).create(schema, out);
      for (GenericData.Record record : records) {
        writer.append(record);
      }
    }
    return out.toByteArray();
  }

  private String dump() {
    StringBuilder lines = new StringBuilder();
    new LogDump("", "", "", 1_000, true)
        .run(directory.resolve(".freshet"), line -> lines.append(line).append('\n'));
    return lines.toString();
  }

  @Test
  void aKeyMakesARowAnUpsertAndDeletesArePossible() throws Exception {
    project.post("users", JSON, "[{\"id\": 1, \"name\": \"a\"}, {\"id\": 2, \"name\": \"b\"}]");
    project.post("users", JSON, "[{\"id\": 1, \"name\": \"x\"}, {\"id\": 1, \"name\": \"y\"}]");
    project.post("users", JSON, "[{\"id\": 2, \"_op\": \"delete\"}, {\"id\": 3, \"name\": \"c\"}]");
    assertThat(project.query("SELECT id, name FROM users ORDER BY id")).isEqualTo("1,y\n3,c\n");
    assertThat(project.post("users?op=delete", "text/csv", "id\n3\n9\n").body())
        .contains("\"accepted\":2");
    assertThat(project.query("SELECT id, name FROM users")).isEqualTo("1,y\n");
  }

  @Test
  void withoutAKeyRowsAreAddedAndWatermarksCloseWindows() throws Exception {
    String click = "{\"user_id\": 1, \"page\": \"a\", \"at\": \"2026-01-01T10:00:%sZ\"}";
    project.post("clicks", JSON, "[" + click.formatted("01") + "," + click.formatted("01") + "]");
    assertThat(project.query("SELECT * FROM pages")).isEqualTo("a,2\n");
    assertThat(project.query("SELECT * FROM minutes")).isEmpty();
    project.post("clicks", JSON, "{\"page\": \"b\", \"at\": \"2026-01-01T10:01:00Z\"}");
    assertThat(project.query("SELECT clicks FROM minutes")).isEqualTo("2\n");
    HttpResponse<String> delete = project.post("clicks?op=delete", JSON, "{\"page\": \"b\"}");
    assertThat(delete.statusCode()).isEqualTo(400);
    assertThat(delete.body()).contains("nothing can be deleted from a table without a key");
    project.post("beats", "text/csv", "host\nx\nx\ny\n");
    assertThat(project.query("SELECT * FROM hosts ORDER BY host")).isEqualTo("x,2\ny,1\n");
    project.system().publish();
    assertThat(lake("bronze.clicks")).isEqualTo(3);
    assertThat(lake("bronze.beats")).isEqualTo(3);
    assertThat(lake("gold.pages")).isEqualTo(2);
    project.stop();
    project.start();
    assertThat(project.query("SELECT * FROM pages ORDER BY page")).isEqualTo("a,2\nb,1\n");
    assertThat(project.query("SELECT * FROM hosts ORDER BY host")).isEqualTo("x,2\ny,1\n");
  }

  private int lake(String table) {
    List<String> rows = new ArrayList<>();
    LakeReader.open(new LocalStorage(directory.resolve(".freshet")))
        .read(
            table,
            batch -> {
              for (int row = 0; row < batch.rowCount(); row++) {
                rows.add(Arrays.toString(Values.readRow(batch, row)));
              }
            });
    return rows.size();
  }

  @Test
  void namesRefusedRowsKeepsThemAndCountsThem() throws Exception {
    HttpResponse<String> some =
        project.post(
            "users",
            "application/x-ndjson",
            "{\"id\": 1, \"name\": \"a\"}\n{\"id\": 2}\n{\"id\": 3, \"nmae\": \"c\"}\nnonsense\n");
    assertThat(some.statusCode()).isEqualTo(200);
    assertThat(some.body())
        .isEqualTo(
            "{\"table\":\"users\",\"accepted\":1,\"refused\":["
                + "{\"index\":1,\"code\":\"CONTRACT_VIOLATED\",\"reason\":\"column name is missing,"
                + " and NOT NULL in the contract\"},"
                + "{\"index\":2,\"code\":\"CONTRACT_VIOLATED\",\"reason\":\"there is no column nmae"
                + " in table users; its columns are id, name, score\"},"
                + "{\"index\":3,\"code\":\"ROW_MALFORMED\",\"reason\":\"the line is no JSON: a value"
                + " is missing before nonsense (column 1)\"}]}\n");
    HttpResponse<String> all = project.post("users", JSON, "{\"id\": \"x\", \"name\": \"a\"}");
    assertThat(all.statusCode()).isEqualTo(400);
    assertThat(all.body())
        .startsWith(
            "{\"error\":{\"code\":\"VALUE_INVALID\",\"message\":\"Cannot take the row; it is kept as"
                + " refused: column id is BIGINT: ");
    assertThat(project.query("SELECT id FROM users")).isEqualTo("1\n");
    var ledger = project.system().status().ledger();
    assertThat(ledger.received()).isEqualTo(5);
    assertThat(ledger.quarantined()).isEqualTo(4);
    List<String> lines = new ArrayList<>();
    new LogDump("", "web", "users", 100, true).run(directory.resolve(".freshet"), lines::add);
    assertThat(lines)
        .filteredOn(line -> line.contains("\"rejected\""))
        .hasSize(4)
        .anySatisfy(line -> assertThat(line).endsWith("\"original\":\"nonsense\"}"));
    assertThat(project.get("/metrics"))
        .contains("freshet_ingest_rows_accepted_total{table=\"users\"} 1\n")
        .contains("freshet_ingest_rows_refused_total{table=\"users\"} 4\n")
        .contains("freshet_ingest_requests_total{source=\"web\"} 2\n")
        .contains("freshet_relation_quarantined_total{relation=\"users\"} 4\n");
    assertThat(project.get("/v1/status"))
        .contains("\"kind\":\"http\",\"state\":\"streaming\",\"position\":\"2\"")
        .contains("\"ingest\":[{\"source\":\"web\"");
    assertThat(project.system().status().healthy()).isTrue();
  }

  @Test
  void answersARepeatedRequestTheSameAlsoAfterARestart() throws Exception {
    String rows = "[{\"user_id\": 1, \"page\": \"a\"}, {\"user_id\": \"x\"}]";
    HttpResponse<String> first = project.post("clicks", JSON, rows, "Idempotency-Key", "k1");
    HttpResponse<String> again = project.post("clicks", JSON, rows, "Idempotency-Key", "k1");
    project.stop();
    project.start();
    HttpResponse<String> later = project.post("clicks", JSON, rows, "Idempotency-Key", "k1");
    assertThat(first.headers().firstValue("Idempotent-Replayed")).isEmpty();
    assertThat(again.headers().firstValue("Idempotent-Replayed")).contains("true");
    assertThat(List.of(again.body(), later.body())).containsOnly(first.body());
    assertThat(first.body()).contains("\"accepted\":1", "\"index\":1");
    HttpResponse<String> other = project.post("clicks", JSON, "[]", "Idempotency-Key", "k1");
    assertThat(other.statusCode()).isEqualTo(422);
    assertThat(other.body()).contains("IDEMPOTENCY_KEY_REUSED");
    assertThat(project.query("SELECT * FROM pages")).isEqualTo("a,1\n");
  }

  @Test
  void takesRequestsOfManyAtOnceEachOnce() throws Exception {
    int senders = 8;
    int requests = 25;
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Integer>> calls = new ArrayList<>();
      for (int sender = 0; sender < senders; sender++) {
        for (int request = 0; request < requests; request++) {
          String rows = "[{\"page\": \"p%d\"}, {\"page\": \"all\"}]".formatted(sender);
          String key = sender + "-" + request;
          Callable<Integer> call =
              () -> project.post("clicks", JSON, rows, "Idempotency-Key", key).statusCode();
          calls.add(call);
          calls.add(call);
        }
      }
      for (Future<Integer> status : pool.invokeAll(calls)) {
        assertThat(status.get()).isEqualTo(200);
      }
    }
    assertThat(project.query("SELECT clicks, COUNT(*) FROM pages GROUP BY clicks ORDER BY clicks"))
        .isEqualTo(requests + "," + senders + "\n" + senders * requests + ",1\n");
    assertThat(project.system().status().ingest().getFirst().repeated())
        .isEqualTo((long) senders * requests);
  }

  @Test
  void refusesWhatItCannotTakeAndSaysWhy() throws Exception {
    HttpResponse<String> big = project.post("users", JSON, " ".repeat(70_000) + "{\"id\": 1}");
    assertThat(big.statusCode()).isEqualTo(413);
    assertThat(big.body()).contains("Cannot take a body of more than 65536 bytes");
    HttpResponse<String> unknown = project.post("user", JSON, "{}");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body())
        .contains(
            "Cannot post to table: user. Did you mean users? Tables that are posted to: beats");
    HttpResponse<String> form = project.post("users", "application/x-www-form-urlencoded", "id=1");
    assertThat(form.statusCode()).isEqualTo(400);
    assertThat(form.body()).contains("curl -H 'Content-Type: application/json'");
    assertThat(project.post("users", JSON, "").body()).contains("the body is empty");
    assertThat(project.post("users", JSON, "{\"id\": 1,}").body())
        .contains("Cannot read the body as JSON", "line 1, column 10");
    assertThat(project.post("users", JSON, "{}", "Content-Encoding", "br").statusCode())
        .isEqualTo(400);
    assertThat(project.post("users", JSON, "{}", "Content-Encoding", "gzip").body())
        .contains("it is not the gzip");
    HttpResponse<String> page = project.post("users", JSON, "{}", "Origin", "http://evil.example");
    assertThat(page.statusCode()).isEqualTo(403);
    HttpResponse<String> get = project.send(project.request("/v1/ingest/users"));
    assertThat(get.statusCode()).isEqualTo(405);
    assertThat(project.query("SELECT COUNT(*) FROM users")).isEqualTo("0\n");
    assertThat(project.system().status().ledger().received()).isZero();
  }
}
