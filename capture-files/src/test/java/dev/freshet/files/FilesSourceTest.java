package dev.freshet.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceHistory;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.TypeParser;
import dev.freshet.files.FilesSettings.Duplicates;
import dev.freshet.files.store.FoundFile;
import dev.freshet.files.store.LocalFiles;
import dev.freshet.sourcetest.RecordingLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of files that change, come twice, are half written, or hold what does not fit. */
@Timeout(120)
class FilesSourceTest {
  private static final Contract IDS = Inbox.columns("id", Simple.BIGINT);
  private static final String ONE = "{\"id\":1}";
  private static final String TWO = "{\"id\":2}";
  private static final String THREE = "{\"id\":3}";

  @TempDir private Path folder;
  private Inbox inbox;

  @BeforeEach
  void makeInbox() throws IOException {
    inbox = new Inbox(folder, UnaryOperator.identity(), IDS);
  }

  @AfterEach
  void close() {
    inbox.close();
  }

  @Test
  void readsWhatWasAppendedAlone() throws IOException {
    inbox.put("a.csv", "id\n1\n2\n");
    inbox.start();
    inbox.awaitRows(ONE, TWO);

    Files.writeString(inbox.folder().resolve("a.csv"), "3\nx\n", StandardOpenOption.APPEND);
    inbox.awaitRows(ONE, TWO, THREE);
    inbox.awaitRefused(1);
    assertThat(inbox.refusal(0)).startsWith("a.csv, line 5: column id is BIGINT: \"x\"");
  }

  /** Of a few bytes each, and for 600,000 bytes in the log. */
  @Test
  void refusesRowsThatStandForTooMuchTogether() throws IOException {
    StringBuilder type = new StringBuilder("ROW<a0 DECIMAL(38, 0)");
    for (int i = 1; i < 100; i++) {
      type.append(", a").append(i).append(" DECIMAL(38, 0)");
    }
    DataType wide = TypeParser.parse(type.append("> ARRAY").toString());
    inbox = new Inbox(folder, UnaryOperator.identity(), Inbox.columns("v", wide));
    String objects = "{\"v\":[{}" + ",{}".repeat(333) + "]}\n";
    inbox.put("a.jsonl", objects.repeat(60));
    inbox.start();
    inbox.awaitRefused(5);
    assertThat(inbox.refusal(0))
        .startsWith("a.jsonl, line 56: ")
        .endsWith("it stands for nested values of more than 33554432 bytes");
    assertThat(inbox.rows()).hasSize(55);
  }

  @Test
  void readsAReplacedFileWhole() throws IOException {
    inbox.put("a.csv", "id\n1\n2\n");
    inbox.start();
    inbox.awaitRows(ONE, TWO);

    inbox.put("a.csv", "id\n2\n3\n");
    inbox.awaitRows(ONE, TWO, TWO, THREE);
    inbox.put("a.csv", "id\n1\n2\n"); // the first content again, in the same place
    inbox.awaitRows(ONE, ONE, TWO, TWO, TWO, THREE);
  }

  @Test
  void readsTheSameContentUnderAnotherNameOnce() throws IOException {
    inbox.put("a.csv", "id\n1\n");
    inbox.start();
    inbox.awaitRows(ONE);

    inbox.put("again.csv", "id\n1\n");
    Files.delete(inbox.folder().resolve("a.csv"));
    inbox.put("b.csv", "id\n2\n");
    inbox.awaitRows(ONE, TWO);
    inbox.stop();
    inbox.put("a.csv", "id\n1\n");
    inbox.put("c.csv", "id\n3\n");
    inbox.start();
    inbox.awaitRows(ONE, TWO, THREE);
  }

  @Test
  void readsItAgainWhereThatIsWanted() throws IOException {
    inbox =
        new Inbox(
            folder,
            settings ->
                new FilesSettings(
                    settings.name(),
                    settings.patterns(),
                    settings.format(),
                    settings.unknownFields(),
                    settings.poll(),
                    settings.settle(),
                    settings.patience(),
                    settings.refusedMax(),
                    Duplicates.READ),
            IDS);
    inbox.put("a.csv", "id\n1\n");
    inbox.put("again.csv", "id\n1\n");
    inbox.start();
    inbox.awaitRows(ONE, ONE);
  }

  @Test
  void leavesAFileAloneThatWasOnlyTouched() throws IOException {
    inbox.put("a.csv", "id\n1\n");
    inbox.start();
    inbox.awaitRows(ONE);

    Files.setLastModifiedTime(
        inbox.folder().resolve("a.csv"), FileTime.from(Instant.now().minusSeconds(3_600)));
    inbox.put("b.csv", "id\n2\n");
    inbox.awaitRows(ONE, TWO);
    inbox.put("c.csv", "id\n3\n");
    inbox.awaitRows(ONE, TWO, THREE);
  }

  @Test
  void waitsForTheRestOfAFile() throws IOException {
    inbox =
        new Inbox(
            folder,
            settings -> settings.with(settings.poll(), settings.settle(), Duration.ofMinutes(10)),
            IDS);
    inbox.put("a.jsonl", "{\"id\": 1}\n{\"id\": ");
    inbox.put("b.jsonl", "{\"id\": 3}\n");
    inbox.put("c.csv.tmp.csv.part", "id\n7\n");
    inbox.start();
    inbox.awaitRows(THREE);
    inbox.log().await(() -> inbox.capture().status().lastError().contains("a.jsonl"));
    assertThat(inbox.capture().status().lastError())
        .isEqualTo("a.jsonl waits for its rest: line 2: it ends in the middle of a row");

    Files.writeString(inbox.folder().resolve("a.jsonl"), "2}\n", StandardOpenOption.APPEND);
    inbox.awaitRows(ONE, TWO, THREE);
    inbox.log().await(() -> inbox.capture().status().lastError().isEmpty());
  }

  @Test
  void quarantinesAFileThatGrewInTheMiddleOfALine() throws IOException {
    inbox.put("a.csv", "id\n1");
    inbox.start();
    inbox.awaitRows(ONE);

    Files.writeString(inbox.folder().resolve("a.csv"), "2\n3\n", StandardOpenOption.APPEND);
    inbox.awaitRefused(1);
    assertThat(inbox.refusal(0))
        .contains("a.csv: the file is quarantined", "it grew in the middle");
    assertThat(inbox.rows()).containsExactly(ONE);
  }

  @Test
  void quarantinesAFileOfWhichTooMuchDoesNotFit() throws IOException {
    inbox.put("a.csv", "id\n1\n" + "x\n".repeat(1_001));
    inbox.put("b.csv", "number\n2\n");
    inbox.put("c.csv", "id\n3\n");
    inbox.start();
    inbox.awaitRows(THREE);
    inbox.awaitRefused(2);
    assertThat(inbox.log().refused())
        .anySatisfy(row -> assertThat(row.reason()).startsWith("a.csv: the file is quarantined"))
        .anySatisfy(row ->
            assertThat(row.reason())
                .contains("b.csv: the file is quarantined", "there is no column number"));
    inbox.log().await(() -> inbox.capture().status().lastError().contains("is quarantined"));

    inbox.put("a.csv", "id\n1\n"); // mended
    inbox.put("b.csv", "id\n2\n");
    inbox.awaitRows(ONE, TWO, THREE);
    inbox.log().await(() -> inbox.capture().status().lastError().isEmpty());
    assertThat(inbox.capture().status().state()).isEqualTo(State.STREAMING);
  }

  @Test
  void takesAsManyRefusedRowsAsTheSettingsSay() throws IOException {
    inbox = new Inbox(folder, settings -> refusing(settings, 5_000), IDS);
    inbox.put("a.csv", "id\n1\n" + "x\n".repeat(5_000));
    inbox.put("b.csv", "id\n2\n" + "x\n".repeat(5_001));
    inbox.start();
    inbox.awaitRows(ONE);
    inbox.awaitRefused(5_001);
    assertThat(inbox.refusal(5_000)).contains("b.csv: the file is quarantined", "more than 5000");
  }

  private static FilesSettings refusing(FilesSettings settings, long max) {
    return new FilesSettings(
        settings.name(),
        settings.patterns(),
        settings.format(),
        settings.unknownFields(),
        settings.poll(),
        settings.settle(),
        settings.patience(),
        max,
        settings.duplicates());
  }

  @Test
  void passesOverWhatIsNotDone() throws IOException {
    for (String name :
        new String[] {
          "_temporary/0/a.csv",
          ".hidden/a.csv",
          "old~/a.csv",
          "_a.csv",
          ".a.csv",
          "~a.csv",
          "a.csv~"
        }) {
      inbox.put(name, "id\n7\n");
    }
    inbox.put("in/b.csv", "id\n1\n");
    inbox.start();
    inbox.awaitRows(ONE);
    inbox.put("c.csv", "id\n2\n");
    inbox.awaitRows(ONE, TWO);
  }

  @Test
  void aFileIsOfTheTableWithTheLongestNameThatMatches() {
    List<TablePattern> tables =
        List.of(
            new TablePattern("all", "x/**"),
            new TablePattern("orders", "orders"),
            new TablePattern("orders_items", "orders_items"));
    assertThat(Folder.table(tables, new FoundFile("orders_items-1.csv", 1, 1)))
        .contains("orders_items");
    assertThat(Folder.table(tables, new FoundFile("orders_2.csv", 1, 1))).contains("orders");
    assertThat(Folder.table(tables, new FoundFile("x/orders_2.csv", 1, 1))).contains("all");
  }

  @Test
  void letsASmallFileOfAnotherTablePassALongOne() throws IOException {
    Path files = Files.createDirectories(folder.resolve("files"));
    FaultyFiles slow =
        new FaultyFiles(
            new LocalFiles(files),
            "events.csv",
            0,
            () -> {
              LockSupport.parkNanos(50_000_000);
              return false;
            });
    Files.writeString(files.resolve("events.csv"), "n,text\n" + "1,some text\n".repeat(1_000_000));
    Storage state = new LocalStorage(Files.createDirectories(folder.resolve("other")));
    Map<String, Contract> contracts =
        Map.of("events", FilesFixture.EVENTS, "users", FilesFixture.USERS);
    RecordingLog log = new RecordingLog();
    try (Capture capture =
        new FilesSource(FilesFixture.settings(), () -> slow, contracts, () -> state)
            .start(Scheduler.threads(), Clock.system(), log.resume(), log)) {
      log.follows(capture);
      log.await(() -> log.size() > 0);
      Files.writeString(files.resolve("users.csv"), "id,name\n1,ada\n");
      Files.writeString(files.resolve("events-2.csv"), "n,text\n2,other\n");
      log.await(() -> capture.status().rows() == 1_000_002);
    }
    List<String> paths =
        log.all().stream()
            .map(changes -> FilePosition.read(changes.position()).file().path())
            .toList();
    assertThat(paths.indexOf("users.csv")).isLessThan(paths.lastIndexOf("events.csv"));
    assertThat(paths.indexOf("events-2.csv")).isGreaterThan(paths.lastIndexOf("events.csv"));
  }

  @Test
  void readsTheLogBehindWhatItHasSavedAlone() throws IOException {
    inbox.put("a.csv", "id\n1\n");
    inbox.start();
    inbox.awaitRows(ONE);
    inbox.stop();
    Resume.After known = (Resume.After) inbox.log().resume();
    List<Long> asked = new ArrayList<>();
    SourceHistory history =
        (micros, reader) -> {
          asked.add(micros);
          known.history().since(micros, reader);
        };
    try (Capture capture =
        inbox
            .source()
            .start(
                Scheduler.threads(),
                Clock.system(),
                new Resume.After(known.position(), known.part(), known.tables(), history),
                new RecordingLog())) {
      assertThat(capture.status().lastError()).isEmpty();
    }
    assertThat(asked).containsExactly(inbox.log().read(0).ingestMicros());
  }

  @Test
  void knowsItsFilesWithoutTheLog() throws IOException {
    inbox.put("a.csv", "id\n1\n");
    inbox.put("b.csv", "id\n2\n");
    inbox.start();
    inbox.awaitRows(ONE, TWO);
    inbox.stop();
    Resume.After known = (Resume.After) inbox.log().resume();
    RecordingLog later = new RecordingLog();
    try (Capture capture =
        inbox
            .source()
            .start(
                Scheduler.threads(),
                Clock.system(),
                new Resume.After(known.position(), known.part(), known.tables()),
                later)) {
      later.follows(capture);
      inbox.put("c.csv", "id\n3\n");
      later.await(() -> later.size() > 0);
      assertThat(later.content().get("t")).containsExactly(THREE);
    }
  }

  @Test
  void refusesToGuessWhichFilesItHasRead() throws IOException {
    inbox.put("a.csv", "id\n1\n");
    inbox.put("b.csv", "id\n2\n");
    inbox.start();
    inbox.awaitRows(ONE, TWO);
    inbox.stop();
    Files.delete(folder.resolve("state/sources/inbox.files"));
    Resume.After known = (Resume.After) inbox.log().resume();
    Resume without = new Resume.After(known.position(), known.part(), known.tables());

    assertThatThrownBy(
            () -> inbox.source().start(Scheduler.threads(), Clock.system(), without, inbox.log()))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("Cannot tell which files source inbox has read")
        .extracting(e -> ((FreshetException) e).code())
        .isEqualTo(ErrorCode.SOURCE_POSITION_LOST);
  }

  @Test
  void goesOnWhenItsFolderComesBack() throws IOException {
    inbox.put("a.csv", "id\n1\n");
    inbox.start();
    inbox.awaitRows(ONE);
    Path away = Files.move(inbox.folder(), folder.resolve("away"));
    inbox.log().await(() -> inbox.capture().status().state() == State.WAITING_TO_RETRY);
    assertThat(inbox.capture().status().lastError()).contains("there is no such folder");

    Files.move(away, inbox.folder());
    inbox.put("b.csv", "id\n2\n");
    inbox.awaitRows(ONE, TWO);
  }
}
