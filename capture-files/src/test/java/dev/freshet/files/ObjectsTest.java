package dev.freshet.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.files.FilePosition.Outcome;
import dev.freshet.files.s3.S3Files;
import dev.freshet.files.s3.S3Settings;
import dev.freshet.files.s3.S3Settings.Addressing;
import dev.freshet.files.s3.S3Settings.Credentials;
import dev.freshet.files.s3.S3Settings.Tls;
import dev.freshet.files.store.FileReplaced;
import dev.freshet.files.store.FoundFile;
import dev.freshet.files.store.OpenFile;
import dev.freshet.objectserver.ObjectServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects below a prefix are read as files are, each once. */
@Timeout(180)
class ObjectsTest {
  private static final Contract IDS = Inbox.columns("id", Simple.BIGINT);
  private static final String ONE = "{\"id\":1}";
  private static final String TWO = "{\"id\":2}";
  private static final String THREE = "{\"id\":3}";

  private static ObjectServer server;
  private static int tests;

  @TempDir private Path folder;
  private String prefix;
  private Inbox inbox;

  @BeforeAll
  static void startServer() {
    server = ObjectServer.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void open() throws IOException {
    prefix = "in-" + tests++;
    inbox = new Inbox(folder, settings -> settings.with(POLL, Duration.ZERO, Duration.ZERO), IDS);
    inbox.through(() -> Objects.below(server, prefix));
  }

  private static final Duration POLL = Duration.ofMillis(100);

  @AfterEach
  void close() {
    inbox.close();
  }

  private void put(String name, String text) {
    server.put(prefix + "/" + name, text);
  }

  private void put(String name, byte[] bytes) {
    server.put(prefix + "/" + name, bytes);
  }

  private byte[] file(String name) throws IOException, SQLException {
    byte[] csv = UnreadableFilesTest.csv(UnreadableFilesTest.ROWS);
    return switch (name) {
      case "a.csv" -> csv;
      case "a.csv.gz" -> gzip(csv);
      case "a.csv.zst" -> Zstd.compress(csv);
      case "a.jsonl" -> {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < UnreadableFilesTest.ROWS; i++) {
          lines.append("{\"id\": ").append(i + 100).append("}\n");
        }
        yield lines.toString().getBytes(StandardCharsets.UTF_8);
      }
      case "a.avro" -> UnreadableFilesTest.avro();
      default -> UnreadableFilesTest.parquet(folder);
    };
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
      packed.write(bytes);
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.csv", "a.csv.gz", "a.csv.zst", "a.jsonl", "a.avro", "a.parquet"})
  void readsEachFormat(String name) throws Exception {
    put(name, file(name));
    inbox.start();
    inbox.log().await(() -> inbox.rows().size() == UnreadableFilesTest.ROWS);
    assertThat(inbox.rows()).doesNotHaveDuplicates();
    assertThat(inbox.log().refused()).isEmpty();
  }

  @Test
  void readsAnObjectOnceOverARestartAndAKill() {
    put("a.csv", "id\n1\n");
    put("year=2026/b c+ü&.csv", "id\n2\n");
    put("folder/", new byte[0]);
    inbox.start();
    inbox.awaitRows(ONE, TWO);
    inbox.stop();
    inbox.start();
    put("c.csv", "id\n3\n");
    inbox.awaitRows(ONE, TWO, THREE);

    inbox.crash(2);
    inbox.start();
    inbox.awaitRows(ONE, TWO, THREE);
    assertThat(inbox.log().refused()).isEmpty();
  }

  @Test
  void anObjectThatIsOverwrittenInTheSameSecondWithTheSameSizeIsReadAnew() {
    put("a.csv", "id\n1\n");
    inbox.start();
    inbox.awaitRows(ONE);
    put("a.csv", "id\n2\n");
    inbox.awaitRows(ONE, TWO);
    put("a.csv", "id\n2\n3\n"); // what was added alone
    inbox.awaitRows(ONE, TWO, THREE);
  }

  @Test
  void anObjectThatIsOverwrittenWhileItIsOpenCannotBeReadAsTheOldOne() {
    S3Files files = Objects.below(server, prefix);
    put("a.csv", "id\n1\n");
    FoundFile found = files.list().files().getFirst();
    put("a.csv", "id\n2\n");
    try (OpenFile file = files.open(found)) {
      assertThatThrownBy(() -> file.read(0, new byte[4], 0, 4))
          .isInstanceOf(FileReplaced.class)
          .hasMessage("it was changed while it was read");
    }
    server.remove(prefix + "/a.csv");
    try (OpenFile file = files.open(found)) {
      assertThatThrownBy(() -> file.read(0, new byte[4], 0, 4))
          .isInstanceOf(FileReplaced.class)
          .hasMessage("it is gone");
    }
    assertThat(files.find("a.csv")).isEmpty();
  }

  /** Longer than what is kept of it, so that it is asked for again when its rows are delivered. */
  @Test
  void anObjectThatIsOverwrittenAmidItsRowsIsLeftThereAndReadAnew() {
    byte[] big = new byte[40 << 20];
    new Random(1).nextBytes(big);
    for (int i = 0; i < big.length; i++) {
      big[i] = i % 8 == 7 ? (byte) '\n' : (byte) ('1' + (big[i] & 7));
    }
    put("a.csv", big);
    inbox.start();
    inbox.log().await(() -> inbox.log().size() > 0);
    put("a.csv", "id\n1\n");
    inbox.log().await(() -> inbox.rows().contains(ONE));
    assertThat(inbox.refusal(0))
        .contains("a.csv: the file was read up to row ", "it was changed while it was read");
    assertThat(FilePosition.read(inbox.log().all().getLast().position()).outcome())
        .isEqualTo(Outcome.DONE);
  }

  @Test
  void aDamagedObjectIsQuarantinedWhole() throws IOException {
    byte[] packed = gzip("id\n7\n8\n".getBytes(StandardCharsets.UTF_8));
    put("a.csv.gz", Arrays.copyOf(packed, packed.length - 9));
    put("b.parquet", "PAR1 and then nothing");
    put("c.csv", "id\n1\n");
    inbox.start();
    inbox.awaitRows(ONE);
    inbox.awaitRefused(2);
    assertThat(List.of(inbox.refusal(0), inbox.refusal(1)))
        .anySatisfy(reason -> assertThat(reason).startsWith("a.csv.gz: the file is quarantined"))
        .anySatisfy(reason -> assertThat(reason).contains("its footer is missing"));
  }

  @Test
  void rowsAreThereWithinTwoSecondsOfTheObject() {
    put("a.csv", "id\n1\n");
    inbox = inboxPolling(S3Settings.POLL); // as it is without a setting
    inbox.start();
    inbox.awaitRows(ONE);
    long began = System.nanoTime();
    put("b.csv", "id\n2\n");
    inbox.awaitRows(ONE, TWO);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
  }

  private Inbox inboxPolling(Duration poll) {
    try {
      Inbox other =
          new Inbox(folder, settings -> settings.with(poll, Duration.ZERO, Duration.ZERO), IDS);
      other.through(() -> Objects.below(server, prefix));
      return other;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void listsMoreObjectsThanAPageHas() {
    int objects = 10_500;
    for (int i = 0; i < objects; i++) {
      put(i + ".csv", "id\n" + i + "\n");
    }
    S3Files files = Objects.below(server, prefix);
    assertThat(files.list().files())
        .hasSize(objects)
        .extracting(FoundFile::path)
        .doesNotHaveDuplicates()
        .contains("0.csv", "10499.csv");
  }

  @Test
  void aStoreThatIsAwayIsWaitedFor() {
    put("a.csv", "id\n1\n");
    inbox.start();
    inbox.awaitRows(ONE);
    server.goAway();
    inbox.log().await(() -> inbox.capture().status().state() == State.WAITING_TO_RETRY);
    assertThat(inbox.capture().status().lastError())
        .contains("Cannot list the objects of s3://deliveries/" + prefix, "nothing listens at");
    server.comeBack();
    put("b.csv", "id\n2\n");
    inbox.awaitRows(ONE, TWO);
    inbox.log().await(() -> inbox.capture().status().lastError().isEmpty());
    assertThat(inbox.log().refused()).isEmpty();
  }

  private SourceCheck check(S3Settings settings) {
    return new FilesSource(
            FilesSettings.of("in", List.of(new TablePattern("t", "**"))),
            () -> new S3Files(settings),
            Map.of("t", IDS),
            () -> {
              throw new AssertionError("a check keeps nothing");
            })
        .check(Resume.FROM_NOTHING);
  }

  @Test
  void aCheckNamesWhatIsWrongAndWhatMendsIt() {
    String place = ObjectServer.BUCKET + "/" + prefix;
    SourceCheck secret = check(Objects.at(server.endpoint(), place, "another-secret"));
    assertThat(secret.problems().getFirst().toString())
        .startsWith("Cannot list the objects of s3://" + place)
        .contains("the secret key does not belong to the access key", "sources/in.yaml")
        .doesNotContain("another-secret");
    assertThat(
            check(Objects.at(server.endpoint(), "nowhere/x", ObjectServer.SECRET_KEY))
                .problems()
                .getFirst()
                .toString())
        .contains("there is no bucket nowhere at http://127.0.0.1", "Fix: name the bucket in path");
    assertThat(
            check(Objects.at(URI.create("http://127.0.0.1:1"), place, ObjectServer.SECRET_KEY))
                .problems()
                .getFirst()
                .toString())
        .contains("nothing listens at http://127.0.0.1:1", "mend endpoint in sources/in.yaml");
    URI tls = URI.create("https://127.0.0.1:" + server.endpoint().getPort());
    assertThat(
            check(Objects.at(tls, place, ObjectServer.SECRET_KEY)).problems().getFirst().toString())
        .contains("no TLS with https://127.0.0.1", "tls: off");
    assertThat(check(Objects.at(server.endpoint(), place, ObjectServer.SECRET_KEY)).passed())
        .isTrue();
  }

  @Test
  void aSourceThatIsClosedOrCheckedLeavesNoThreads() {
    Set<Thread> before = threadsOfClients();
    put("a.csv", "id\n1\n");
    inbox.start();
    inbox.awaitRows(ONE);
    assertThat(threadsOfClients()).isNotEqualTo(before);
    inbox.stop();
    assertThat(inbox.source().check(Resume.FROM_NOTHING).passed()).isTrue();
    inbox.log().await(() -> before.containsAll(threadsOfClients()));
  }

  private static Set<Thread> threadsOfClients() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("sdk-"))
        .collect(Collectors.toSet());
  }

  /** As AWS_ENDPOINT_URL_S3 of the environment, which no test can set. */
  @ParameterizedTest
  @ValueSource(strings = {"http://minio.example.com:9000", "http://10.1.2.3"})
  void anEndpointOfTheEnvironmentHasTlsToo(String endpoint) {
    S3Settings settings =
        S3Settings.parse("s3://deliveries/in")
            .orElseThrow()
            .at(
                Optional.of("eu-west-1"),
                Optional.empty(),
                Tls.REQUIRED,
                Addressing.PATH,
                new Credentials.Keys("me", "hidden", Optional.empty()));
    System.setProperty("aws.endpointUrlS3", endpoint);
    try {
      assertThat(check(settings).problems().getFirst().toString())
          .startsWith("Cannot read s3://deliveries/in at " + endpoint.replace(":9000", ""))
          .contains("without TLS", "AWS_ENDPOINT_URL", "Fix: write https://");
      assertThatThrownBy(new S3Files(settings)::list)
          .isInstanceOfSatisfying(
              FreshetException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_MISCONFIGURED));
    } finally {
      System.clearProperty("aws.endpointUrlS3");
    }
    System.setProperty("aws.endpointUrlS3", server.endpoint().toString());
    try {
      assertThat(check(settings).problems().getFirst().toString())
          .contains("the store does not know the access key"); // so it was asked
    } finally {
      System.clearProperty("aws.endpointUrlS3");
    }
  }

  @Test
  void placesAreParsed() {
    assertThat(S3Settings.parse("s3://bucket/a/b").map(S3Settings::prefix)).contains("a/b/");
    assertThat(S3Settings.parse("s3://bucket/a/b/").map(S3Settings::path))
        .contains("s3://bucket/a/b");
    assertThat(S3Settings.parse("s3://bucket").map(S3Settings::prefix)).contains("");
    assertThat(S3Settings.parse("s3://")).isEmpty();
    assertThat(S3Settings.parse("../inbox")).isEmpty();
    assertThat(new S3Settings.Credentials.Keys("id", "secret", Optional.of("token")).toString())
        .doesNotContain("secret")
        .doesNotContain("token");
  }
}
