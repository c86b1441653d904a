package dev.freshet.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.contracts.Contract;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.files.store.LocalFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that fails says nothing of a file: it is tried again, and others go on meanwhile. */
@Timeout(120)
class UnreadableFilesTest {
  private static final Contract IDS = Inbox.columns("id", Simple.BIGINT);
  private static final String NINE = "{\"id\":9}";
  static final int ROWS = 3_000;

  @TempDir private Path folder;
  private final AtomicBoolean isFaulty = new AtomicBoolean(true);
  private Inbox inbox;

  @BeforeEach
  void makeInbox() throws IOException {
    inbox = new Inbox(folder, UnaryOperator.identity(), IDS);
  }

  @AfterEach
  void close() {
    inbox.close();
  }

  private void failing(String path, long from) {
    inbox.through(new FaultyFiles(new LocalFiles(inbox.folder()), path, from, isFaulty::get));
  }

  static byte[] csv(int rows) {
    String text =
        IntStream.range(0, rows).mapToObj(i -> i + 100 + "\n").collect(Collectors.joining());
    return ("id\n" + text).getBytes(StandardCharsets.UTF_8);
  }

  private byte[] file(String name) throws IOException, SQLException {
    return switch (name) {
      case "a.csv" -> csv(ROWS);
      case "a.csv.zst" -> Zstd.compress(csv(ROWS));
      case "a.avro" -> avro();
      default -> parquet(folder);
    };
  }

  static byte[] avro() throws IOException {
    Schema schema = SchemaBuilder.record("r").fields().requiredLong("id").endRecord();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DataFileWriter<GenericRecord> writer =
        new DataFileWriter<>(new GenericDatumWriter<GenericRecord>(schema))) {
      writer.setSyncInterval(100).create(schema, out);
      for (long i = 0; i < ROWS; i++) {
        GenericRecord row = new GenericData.Record(schema);
        row.put("id", i + 100);
        writer.append(row);
      }
    }
    return out.toByteArray();
  }

  static byte[] parquet(Path folder) throws IOException, SQLException {
    Path file = folder.resolve("x.parquet");
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement sql = duck.createStatement()) {
      sql.execute(
          "COPY (SELECT i + 100 AS id FROM range("
              + ROWS
              + ") AS r(i)) TO '"
              + file
              + "' (FORMAT parquet, CODEC 'uncompressed')");
    }
    return Files.readAllBytes(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.csv", "a.csv.zst", "a.avro", "a.parquet"})
  void aFileWhoseReadingFailsIsReadLaterWhateverItsFormat(String name) throws Exception {
    byte[] bytes = file(name);
    inbox.put(name, bytes);
    inbox.put("b.csv", "id\n9\n".getBytes(StandardCharsets.UTF_8));
    AtomicBoolean isHashed = new AtomicBoolean();
    LocalFiles files = new LocalFiles(inbox.folder());
    inbox.through(
        new FaultyFiles(files, name, 2_000, () -> isFaulty.get() && isHashed.getAndSet(true)));
    inbox.start();
    inbox.awaitRows(NINE);
    inbox.log().await(() -> !inbox.capture().status().lastError().isEmpty());
    assertThat(inbox.capture().status().lastError())
        .startsWith(name + " cannot be read, and is tried again now and then: Failed to read");
    assertThat(inbox.capture().status().state()).isEqualTo(State.STREAMING);

    isFaulty.set(false);
    inbox.log().await(() -> inbox.rows().size() == ROWS + 1);
    inbox.log().await(() -> inbox.capture().status().lastError().isEmpty());
    assertThat(inbox.log().refused()).isEmpty();
    assertThat(inbox.rows()).doesNotHaveDuplicates();
  }

  @Test
  void aFileThatCannotBeOpenedIsNoReasonToQuarantineIt() throws IOException {
    inbox.put("a.csv", "id\n1\n");
    inbox.put("b.csv", "id\n9\n");
    failing("a.csv", -1);
    inbox.start();
    inbox.awaitRows(NINE);
    inbox.log().await(() -> inbox.capture().status().lastError().startsWith("a.csv"));
    isFaulty.set(false);
    inbox.awaitRows("{\"id\":1}", NINE);
    assertThat(inbox.log().refused()).isEmpty();
  }

  @Test
  void aFileThatFailsInTheMiddleKeepsItsPlaceWhileOthersAreRead() throws IOException {
    byte[] big = csv(1_000_000); // longer than what is kept in memory
    inbox.put("a.csv", big);
    inbox.through(
        new FaultyFiles(
            new LocalFiles(inbox.folder()),
            "a.csv",
            5 << 20,
            () -> isFaulty.get() && inbox.log().size() > 0));
    inbox.start();
    inbox.log().await(() -> inbox.capture().status().lastError().startsWith("a.csv"));
    inbox.put("b.csv", "id\n9\n");
    inbox.log().await(() -> lastText(inbox).equals("b.csv row 1"));
    int before = inbox.log().size();

    inbox.crash(before);
    isFaulty.set(false);
    inbox.start();
    inbox.log().await(() -> rowCount() >= 1_000_001);
    assertThat(rowCount()).isEqualTo(1_000_001);
    assertThat(inbox.log().refused()).isEmpty();
  }

  private static String lastText(Inbox inbox) {
    return inbox.capture().status().received();
  }

  private int rowCount() {
    return inbox.log().all().stream().mapToInt(changes -> changes.rowCount()).sum();
  }

  @Test
  void aFolderThatMayNotBeReadIsTold() throws IOException {
    Assumptions.assumeFalse("root".equals(System.getProperty("user.name")), "root may");
    Path closed = Files.createDirectories(inbox.folder().resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    inbox.put("b.csv", "id\n9\n");
    inbox.start();
    inbox.awaitRows(NINE);
    inbox.log().await(() -> inbox.capture().status().lastError().contains("closed: Access"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
  }
}
