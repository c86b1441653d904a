package dev.freshet.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.type.DataType.Simple;
import dev.freshet.files.s3.S3Files;
import dev.freshet.files.store.FoundFile;
import dev.freshet.objectserver.Gateway;
import dev.freshet.objectserver.Gateway.Answer;
import dev.freshet.objectserver.Gateway.Request;
import dev.freshet.objectserver.ObjectServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stores that answer wrongly, or otherwise than Amazon's: rows come once, and none is lost. */
@Timeout(180)
class AwkwardStoreTest {
  /** More than is kept of an object, so that it is asked for again when its rows are delivered. */
  private static final int LONG_ROWS = 520;

  private static final int LONG_ROW_BYTES = 64 << 10;

  private static ObjectServer server;
  private static Gateway gateway;
  private static int tests;

  @TempDir private Path folder;
  private String prefix;
  private Inbox inbox;

  @BeforeAll
  static void startServer() {
    server = ObjectServer.start();
    gateway = Gateway.before(server);
  }

  @AfterAll
  static void stopServer() {
    gateway.close();
    server.close();
  }

  @BeforeEach
  void open() throws IOException {
    prefix = "in-" + tests++;
    inbox =
        new Inbox(
            folder,
            settings -> settings.with(Duration.ofMillis(50), Duration.ZERO, Duration.ZERO),
            Inbox.columns("id", Simple.BIGINT));
    inbox.through(() -> Objects.below(gateway.endpoint(), prefix));
    gateway.answers((_, behindIt) -> behindIt.get());
  }

  @AfterEach
  void close() {
    inbox.close();
  }

  private void put(String name, String text) {
    server.put(prefix + "/" + name, text);
  }

  private void putLong() {
    StringBuilder rows = new StringBuilder(LONG_ROWS * LONG_ROW_BYTES);
    for (int i = 0; i < LONG_ROWS; i++) {
      String row = "{\"id\": " + i + "}";
      rows.append(row).append(" ".repeat(LONG_ROW_BYTES - row.length() - 1)).append('\n');
    }
    put("long.jsonl", rows.toString());
  }

  private void awaitLong() {
    inbox.log().await(() -> inbox.rows().size() >= LONG_ROWS);
    assertThat(inbox.rows()).hasSize(LONG_ROWS).doesNotHaveDuplicates();
  }

  private static boolean isForRows(Request request) {
    return request.method().equals("GET") && !request.isListing();
  }

  private boolean isBegun() {
    return inbox.log().size() > 0;
  }

  private void awaitTrouble(String part) {
    inbox.log().await(() -> inbox.capture().status().lastError().contains(part));
  }

  @Test
  void anObjectThatIsThereIsReadOnWhateverTheStoreSaysOfIt() {
    putLong();
    gateway.answers((request, behindIt) -> {
      if (!isBegun()) {
        return behindIt.get();
      }
      return Answer.refusal(404, isForRows(request) ? "NoSuchKey" : "NoSuchBucket");
    });
    inbox.start();
    awaitTrouble("there is no bucket deliveries");
    gateway.answers((request, behindIt) ->
        isForRows(request) ? Answer.refusal(404, "NoSuchKey") : behindIt.get());
    awaitTrouble("the store says that it is gone, and shows it as before");
    gateway.answers((_, behindIt) -> behindIt.get());
    awaitLong();
    assertThat(inbox.log().refused()).isEmpty();
  }

  @Test
  void theRestOfAnObjectThatIsThereAgainIsReadAlsoAfterAKill() {
    putLong();
    String nothing = "<?xml version=\"1.0\"?><ListBucketResult></ListBucketResult>";
    Answer empty = new Answer(200, Map.of(), nothing.getBytes(StandardCharsets.UTF_8));
    gateway.answers((request, behindIt) -> {
      if (!isBegun()) {
        return behindIt.get();
      }
      return request.isListing() ? empty : Answer.refusal(404, "NoSuchKey");
    });
    inbox.start();
    inbox.awaitRefused(1);
    assertThat(inbox.refusal(0)).contains("long.jsonl: the file was read up to row ", "it is gone");
    inbox.crash(inbox.log().size());
    inbox.start();
    gateway.answers((_, behindIt) -> behindIt.get());
    awaitLong();
    inbox.awaitRefused(1);
  }

  private long requestsFor(String name) {
    return gateway.requests().stream()
        .filter(request -> isForRows(request) && request.target().contains(prefix + "/" + name))
        .count();
  }

  /** Waits until listings have shown it several times more. */
  private void awaitListings() {
    long before = listings();
    inbox.log().await(() -> listings() > before + 3);
  }

  @Test
  void aQuarantinedObjectIsNotAskedFor() {
    put("b.parquet", "PAR1 and then nothing");
    inbox.start();
    awaitTrouble("b.parquet is quarantined");
    long asked = gateway.requests().stream().filter(request -> !request.isListing()).count();
    awaitListings();
    assertThat(gateway.requests().stream().filter(request -> !request.isListing()))
        .hasSize((int) asked);
    server.remove(prefix + "/b.parquet");
    inbox.log().await(() -> inbox.capture().status().lastError().isEmpty());
  }

  private long listings() {
    return gateway.requests().stream()
        .filter(request -> request.isListing() && request.target().contains(prefix))
        .count();
  }

  private static Answer tagged(Answer answer, UnaryOperator<String> tag) {
    String given = answer.headers().get("etag");
    return given == null ? answer : answer.with("etag", tag.apply(given));
  }

  @Test
  void entityTagsAreTheSameHoweverTheyAreWritten() {
    put("a.csv", "id\n1\n");
    put("b.parquet", "PAR1 and then nothing");
    gateway.answers((_, behindIt) -> tagged(behindIt.get(), tag -> "W/" + tag));
    inbox.start();
    inbox.awaitRefused(1);
    inbox.awaitRows("{\"id\":1}");
    long asked = requestsFor("b.parquet");
    awaitListings();
    assertThat(requestsFor("b.parquet")).isEqualTo(asked);

    S3Files files = Objects.below(gateway.endpoint(), prefix);
    FoundFile listed = files.find("a.csv").orElseThrow();
    gateway.answers((_, behindIt) -> tagged(behindIt.get(), tag -> tag.replace("\"", "")));
    assertThat(files.find("a.csv")).contains(listed);
    gateway.answers((request, behindIt) -> {
      Answer answer = behindIt.get();
      String unquoted =
          new String(answer.body(), StandardCharsets.UTF_8)
              .replace("&quot;", "")
              .replaceAll("<ETag>\"(.*?)\"</ETag>", "<ETag>$1</ETag>");
      return new Answer(
          answer.status(), answer.headers(), unquoted.getBytes(StandardCharsets.UTF_8));
    });
    assertThat(files.list().files()).contains(listed);
  }

  /** Of more than one block. */
  private static final int ROWS = 80;

  private static String rows() {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      String row = "{\"id\": " + (i + 100) + "}";
      rows.append(row).append(" ".repeat(LONG_ROW_BYTES - row.length() - 1)).append('\n');
    }
    return rows.toString();
  }

  /** What is sent instead of a part. */
  private static Answer whole(Answer part, int status, String text) {
    Map<String, String> headers = new TreeMap<>(part.headers());
    headers.remove("content-range");
    return new Answer(status, headers, text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aStoreThatIgnoresRangesIsNotMisread() {
    String rows = rows();
    put("b.jsonl", rows);
    gateway.answers((request, behindIt) ->
        isForRows(request) ? whole(behindIt.get(), 200, rows) : behindIt.get());
    inbox.start();
    awaitTrouble("b.jsonl: the store answers with all of it (200) where a part was asked for");
    assertThat(inbox.log().size()).isZero();

    gateway.answers((request, behindIt) ->
        isForRows(request)
            ? whole(behindIt.get(), 206, rows.substring(0, 4 << 20))
                .with("content-range", "bytes 0-4194303/" + rows.length())
            : behindIt.get());
    awaitTrouble("the store answers with bytes 0-4194303/5242880 where bytes 4194304-5242879");
    assertThat(inbox.log().size()).isZero();

    gateway.answers((_, behindIt) -> behindIt.get());
    inbox.log().await(() -> inbox.rows().size() >= ROWS);
    assertThat(inbox.rows()).hasSize(ROWS).doesNotHaveDuplicates();
  }

  @Test
  void aSmallObjectIsReadOfAStoreThatIgnoresRanges() {
    put("a.csv", "id\n1\n");
    gateway.answers((request, behindIt) ->
        isForRows(request) ? whole(behindIt.get(), 200, "id\n1\n2\n") : behindIt.get());
    inbox.start();
    awaitTrouble("a.csv: the store sends more than it lists");
    gateway.answers((request, behindIt) ->
        isForRows(request) ? whole(behindIt.get(), 200, "id\n1\n") : behindIt.get());
    inbox.awaitRows("{\"id\":1}");
    assertThat(inbox.log().refused()).isEmpty();
  }

  @Test
  void anObjectThatIsListedOtherwiseThanItIsGivenIsTold() {
    put("a.csv", "id\n1\n");
    gateway.answers((request, behindIt) ->
        tagged(isForRows(request) ? withoutCondition() : behindIt.get(), _ -> "\"x\""));
    inbox.start();
    awaitTrouble("a.csv cannot be read, and is tried again now and then: the store lists it");
    assertThat(inbox.rows()).isEmpty();
    gateway.answers((_, behindIt) -> behindIt.get());
    inbox.awaitRows("{\"id\":1}");
  }

  /** As of a store that does not know conditions. */
  private static Answer withoutCondition() {
    return new Answer(200, Map.of("etag", "\"x\""), "id\n1\n".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatOneRequestDoesNotFindAndAListingHasIsThere() {
    put("a.csv", "id\n1\n");
    S3Files files = Objects.below(gateway.endpoint(), prefix);
    FoundFile found = files.list().files().getFirst();
    gateway.answers((request, behindIt) ->
        request.method().equals("HEAD") ? Answer.refusal(404, "NoSuchKey") : behindIt.get());
    assertThat(files.find("a.csv")).contains(found);
    assertThat(files.find("a")).isEmpty();
  }
}
