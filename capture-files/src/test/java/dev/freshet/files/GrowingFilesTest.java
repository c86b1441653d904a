package dev.freshet.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.contracts.Contract;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.files.format.FileProblem;
import dev.freshet.files.store.LocalFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file that grows keeps its place, whatever became of it before: no row is lost or repeated. */
@Timeout(120)
class GrowingFilesTest {
  private static final Contract IDS = Inbox.columns("id", Simple.BIGINT);
  private static final String ONE = "{\"id\":1}";
  private static final String TWO = "{\"id\":2}";
  private static final String THREE = "{\"id\":3}";
  private static final String NINE = "{\"id\":9}";

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

  /** Waits until the folder was looked at again. */
  private void awaitALook(String... rows) throws IOException {
    inbox.put("later.csv", "id\n9\n");
    inbox.awaitRows(rows);
  }

  private static String lines(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> i + "\n").collect(Collectors.joining());
  }

  @Test
  void aFileWhoseAdditionIsDamagedGoesOnWhenThatIsMended() throws IOException {
    inbox.put("a.csv", "id\n1\n2\n");
    inbox.start();
    inbox.awaitRows(ONE, TWO);
    inbox.append("a.csv", "\"3\n");
    inbox.awaitRefused(1);
    assertThat(inbox.refusal(0)).contains("a.csv: the file is quarantined behind row 2");
    inbox.log().await(() -> inbox.capture().status().lastError().contains("behind row 2"));

    inbox.put("a.csv", "id\n1\n2\n3\n");
    inbox.awaitRows(ONE, TWO, THREE);
    inbox.log().await(() -> inbox.capture().status().lastError().isEmpty());
    assertThat(inbox.log().refused()).hasSize(1);
  }

  @Test
  void aFileOfWhichTooMuchOfAnAdditionIsRefusedKeepsItsPlaceAfterAKill() throws IOException {
    inbox.put("a.csv", "id\n1\n");
    inbox.start();
    inbox.awaitRows(ONE);
    inbox.append("a.csv", "x\n".repeat(1_001));
    inbox.awaitRefused(1);
    inbox.crash(inbox.log().size());
    inbox.append("a.csv", "2\n");
    inbox.start();
    inbox.awaitRefused(2); // it is told once after each start

    inbox.put("a.csv", "id\n1\n2\n");
    inbox.awaitRows(ONE, TWO);
  }

  @Test
  void aFileThatGrewInTheMiddleOfALineIsToldOnceHoweverItGrows() throws IOException {
    inbox.put("a.csv", "id\n1");
    inbox.start();
    inbox.awaitRows(ONE);
    inbox.append("a.csv", "2\n3\n");
    inbox.awaitRefused(1);
    inbox.append("a.csv", "4\n");
    awaitALook(ONE, NINE);
    inbox.append("a.csv", "5\n");
    inbox.put("z.csv", "id\n3\n");
    inbox.awaitRows(ONE, THREE, NINE);
    assertThat(inbox.log().refused()).hasSize(1);
  }

  @Test
  void aLineMayGetItsEndLater() throws IOException {
    inbox.put("a.csv", "id\n1");
    inbox.start();
    inbox.awaitRows(ONE);
    inbox.append("a.csv", "\n2\n");
    inbox.awaitRows(ONE, TWO);
    assertThat(inbox.log().refused()).isEmpty();
  }

  @Test
  void aFileThatWentWhileItWasReadGoesOnWhenItComesBack() throws IOException {
    String begin = "id\n" + lines(0, 25_000);
    inbox.put("a.csv", begin);
    inbox.start();
    inbox.log().await(() -> inbox.rows().size() == 25_000);
    inbox.crash(1);
    Files.delete(inbox.folder().resolve("a.csv"));
    inbox.start();
    inbox.awaitRefused(1);
    assertThat(inbox.refusal(0)).contains("the file was read up to row 10000, and no further");

    inbox.put("a.csv", begin + lines(25_000, 25_010));
    inbox.log().await(() -> inbox.rows().size() >= 25_010);
    assertThat(inbox.rows()).hasSize(25_010).doesNotHaveDuplicates();
  }

  @Test
  void aFileThatWentWhileItWasReadAndComesBackAsItWasGoesOn() throws IOException {
    inbox.put("a.csv", "id\n" + lines(0, 25_000));
    inbox.start();
    inbox.log().await(() -> inbox.rows().size() == 25_000);
    inbox.crash(1);
    Path elsewhere = folder.resolve("a.csv");
    Files.move(inbox.folder().resolve("a.csv"), elsewhere);
    inbox.start();
    inbox.awaitRefused(1);
    Files.move(elsewhere, inbox.folder().resolve("a.csv")); // with its time
    inbox.log().await(() -> inbox.rows().size() >= 25_000);
    assertThat(inbox.rows()).hasSize(25_000).doesNotHaveDuplicates();
    inbox.awaitRefused(1);
  }

  @Test
  void aFileTheRestOfWhichIsDamagedIsToldOnceAndNotReadAgainAndAgain() throws IOException {
    String text = "id\n" + lines(0, 25_000);
    inbox.put("a.csv", text);
    inbox.start();
    inbox.log().await(() -> inbox.rows().size() == 25_000);
    inbox.crash(1);
    AtomicInteger failures = new AtomicInteger();
    inbox.through(
        new FaultyFiles(
            new LocalFiles(inbox.folder()),
            "a.csv",
            text.length() - 1,
            () -> true,
            () -> {
              failures.incrementAndGet();
              return FileProblem.corrupt("it is damaged");
            }));
    inbox.start();
    inbox.awaitRefused(1);
    inbox.log().await(() -> failures.get() == 2); // once more, as it is there as it was
    inbox.put("b.csv", "id\n30000\n");
    inbox.log().await(() -> inbox.rows().contains("{\"id\":30000}"));
    inbox.put("c.csv", "id\n30001\n");
    inbox.log().await(() -> inbox.rows().contains("{\"id\":30001}"));
    assertThat(failures).hasValue(2);
    inbox.awaitRefused(1);
  }

  @Test
  void aCopyOfAFileThatWentGoesOnWhereItWas() throws IOException {
    String text = "id\n" + lines(0, 25_000);
    inbox.put("a.csv", text);
    inbox.start();
    inbox.log().await(() -> inbox.rows().size() == 25_000);
    inbox.crash(1);
    Files.move(inbox.folder().resolve("a.csv"), inbox.folder().resolve("b.csv"));
    inbox.start();
    inbox.log().await(() -> inbox.rows().size() >= 25_000);
    inbox.put("a.csv", text);
    inbox.put("c.csv", "id\n30000\n");
    inbox.log().await(() -> inbox.rows().contains("{\"id\":30000}"));
    assertThat(inbox.rows()).hasSize(25_001).doesNotHaveDuplicates();
  }

  @Test
  void whatIsAddedToACopyIsReadAlone() throws IOException {
    inbox.put("a.csv", "id\n1\n2\n");
    inbox.put("copy.csv", "id\n1\n2\n");
    inbox.start();
    awaitALook(ONE, TWO, NINE);

    inbox.append("copy.csv", "3\n");
    inbox.awaitRows(ONE, TWO, THREE, NINE);
    inbox.append("a.csv", "3\n"); // a row of its own, though it makes the files the same again
    inbox.awaitRows(ONE, TWO, THREE, THREE, NINE);
  }

  @Test
  void aCopyMadeBeforeItsOriginalWasOverwrittenIsKnown() throws IOException {
    inbox.put("a.csv", "id\n1\n");
    inbox.start();
    inbox.awaitRows(ONE);
    inbox.put("a.csv", "id\n2\n");
    inbox.awaitRows(ONE, TWO);
    inbox.put("b.csv", "id\n1\n");
    awaitALook(ONE, TWO, NINE);

    inbox.stop();
    inbox.put("c.csv", "id\n1\n");
    inbox.start();
    inbox.put("d.csv", "id\n3\n");
    inbox.awaitRows(ONE, TWO, THREE, NINE);
  }

  @Test
  void aFileThatGrowsBetweenItsHashAndItsRowsIsReadUpToWhereItWas() throws IOException {
    AtomicInteger looks = new AtomicInteger();
    LocalFiles files = new LocalFiles(inbox.folder());
    inbox.through(
        new FaultyFiles(
            files,
            "a.csv",
            0,
            () -> {
              if (looks.incrementAndGet() < 100) {
                appendQuietly("a.csv", "7\n"); // whenever it is read
              }
              return false;
            }));
    inbox.put("a.csv", "id\n1\n");
    inbox.start();
    inbox.log().await(() -> inbox.rows().contains(ONE) && looks.get() < 100);
    inbox.log().await(() -> inbox.rows().size() == 100);
    assertThat(inbox.log().refused()).isEmpty();
  }

  private void appendQuietly(String name, String text) {
    try {
      inbox.append(name, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aFileThatGoesOnGrowingIsReadByWholeLinesAndHoldsUpNoOther() throws IOException {
    inbox =
        new Inbox(
            folder,
            settings ->
                settings.with(settings.poll(), Duration.ofMillis(200), Duration.ofMillis(400)),
            IDS);
    Path log = inbox.folder().resolve("log.csv");
    Files.writeString(log, "id\n");
    inbox.start();
    int written = 0;
    try (Writer out = Files.newBufferedWriter(log, StandardOpenOption.APPEND)) {
      while (written < 100_000 && inbox.log().size() < 4) {
        out.append("1000").flush(); // in the middle of a row
        LockSupport.parkNanos(5_000_000);
        out.append(100_000 + written++ + "\n").flush();
        if (written == 20) {
          inbox.put("b.csv", "id\n1\n");
        }
      }
      int rows = written;
      assertThat(inbox.rows()).contains(ONE).hasSizeLessThan(rows + 1);
      out.append("7");
    }
    int rows = written + 2; // those of b.csv, and the last one, whose line has no end
    inbox.log().await(() -> inbox.rows().size() >= rows);
    assertThat(inbox.rows()).hasSize(rows).doesNotHaveDuplicates().contains("{\"id\":7}");
    assertThat(inbox.log().refused()).isEmpty();
  }
}
