package dev.freshet.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A log that is emptied, or replaced, and never stops growing: as it is rotated by copying. */
@Timeout(120)
class ReplacedLogsTest {
  private static final String LOG = "logs.jsonl";
  private static final Duration HALF = Duration.ofMillis(500);

  @TempDir private Path folder;
  private SteppedFiles files;
  private long written;

  @BeforeEach
  void makeFiles() throws Exception {
    files = new SteppedFiles(folder, Duration.ofSeconds(1), Duration.ofMinutes(1));
    grow(10);
    assertThat(files.rows("logs")).isEmpty(); // it may be on its way here
    grow(150);
    assertThat(files.rows("logs")).hasSizeGreaterThan(150);
  }

  @AfterEach
  void close() {
    files.close();
  }

  private static String line(long id) {
    return "{\"id\":" + id + ",\"text\":null}";
  }

  private void add() throws IOException {
    files.append(LOG, line(1_000 + written++) + "\n");
  }

  /** A line each half of a second. */
  private void grow(int lines) throws Exception {
    for (int i = 0; i < lines; i++) {
      add();
      files.pass(HALF);
      files.stepUntilIdle();
    }
  }

  /** When it has not changed for a while, all of it was read. */
  private void assertAllIsReadOnce() throws Exception {
    files.pass(Duration.ofSeconds(2));
    files.stepUntilIdle();
    files.stepUntilIdle();
    assertThat(files.rows("logs"))
        .containsExactlyElementsOf(
            LongStream.range(0, written).mapToObj(i -> line(1_000 + i)).toList());
    assertThat(files.trouble()).isEmpty();
    assertThat(files.log().refused()).isEmpty();
  }

  private void assertItIsReadAfterAMinute() throws Exception {
    int before = files.rows("logs").size();
    grow(20);
    assertThat(files.trouble())
        .startsWith(LOG + " is not the file that was read before, and goes on growing");
    grow(60);
    assertThat(files.rows("logs")).hasSize(before);
    grow(60);
    assertThat(files.rows("logs")).hasSizeGreaterThan(before + 120);
    assertThat(files.trouble()).isEmpty();
    assertAllIsReadOnce();
  }

  private void settle() throws Exception {
    files.pass(Duration.ofSeconds(2));
    files.stepUntilIdle();
    files.stepUntilIdle();
    assertThat(files.rows("logs")).hasSize((int) written);
  }

  @Test
  void aLogThatIsEmptiedIsReadAnew() throws Exception {
    settle();
    files.write(LOG, "");
    files.stepUntilIdle();
    assertItIsReadAfterAMinute();
  }

  @Test
  void aLogWhoseEmptyingIsNotSeenIsReadAnew() throws Exception {
    settle();
    grow(1); // it is on its way when it is emptied
    settle();
    add();
    files.stepUntilIdle();
    written--;
    files.write(LOG, "");
    assertItIsReadAfterAMinute();
  }

  @Test
  void aLogThatIsLongerThanTheOneBeforeItWhenItIsLookedAtIsReadAnew() throws Exception {
    settle();
    files.write(LOG, "");
    IntStream.range(0, 200).forEach(_ -> addQuietly());
    assertItIsReadAfterAMinute();
  }

  private void addQuietly() {
    try {
      add();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aLogThatWasReplacedAndSettlesIsReadAtOnce() throws Exception {
    settle();
    files.write(LOG, "");
    grow(20);
    assertThat(files.trouble()).startsWith(LOG);
    assertAllIsReadOnce();
  }
}
