package dev.freshet.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.SourceStatus.State;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files of a table that is paused are not read, and read on without gap or repeat. */
@Timeout(120)
class PausedFilesTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int LONG_ROWS = 100_000;

  @TempDir private Path folder;
  private SteppedFiles files;

  @BeforeEach
  void makeFiles() throws IOException {
    files = new SteppedFiles(folder, Duration.ZERO, Duration.ofMinutes(1));
  }

  @AfterEach
  void close() {
    files.close();
  }

  private static List<String> rows(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(id -> "{\"id\":" + id + ",\"text\":null}")
        .sorted()
        .toList();
  }

  private void write(String name, int from, int to) throws IOException {
    files.write(
        name,
        IntStream.range(from, to)
            .mapToObj(id -> id + "\n")
            .collect(Collectors.joining("", "id\n", "")));
    files.pass(SECOND);
  }

  private void pause(String... tables) throws Exception {
    files.paused().pause(List.of(tables));
    files.step();
    if (!files.paused().awaitNoticed(0)) {
      files.step(); // the first one offered what was ready
    }
    assertThat(files.paused().awaitNoticed(0)).isTrue();
  }

  @Test
  void oneThatIsHalfReadGoesOnExactlyWhereItWasOverACrash() throws Exception {
    write("long.csv", 0, LONG_ROWS);
    files.stepUntil(() -> !files.rows("long").isEmpty());
    pause("long");
    List<String> before = files.rows("long");
    assertThat(before.size()).isLessThan(LONG_ROWS);
    write("long-2.csv", LONG_ROWS, LONG_ROWS + 5);
    write("users.csv", 0, 3);
    files.stepUntilIdle();
    assertThat(files.rows("users")).isEqualTo(rows(0, 3));
    assertThat(files.rows("long")).isEqualTo(before);
    assertThat(files.state()).isEqualTo(State.STREAMING);

    files.crash();
    write("users-2.csv", 3, 4);
    files.stepUntilIdle();
    assertThat(files.rows("users")).isEqualTo(rows(0, 4));
    assertThat(files.rows("long")).isEqualTo(before);

    files.paused().resume(List.of("long"));
    files.stepUntilIdle();
    assertThat(files.rows("long")).isEqualTo(rows(0, LONG_ROWS + 5));
    files.crash();
    files.stepUntilIdle();
    assertThat(files.rows("long")).hasSize(LONG_ROWS + 5);
    assertThat(files.log().refused()).isEmpty();
  }

  /** Between any two of its steps: what is open, waits, or passes a long one is read once. */
  @Test
  void eachRowComesOnceWheneverItIsPaused() throws Exception {
    write("long.csv", 0, LONG_ROWS / 4);
    write("logs.csv", 0, 3);
    write("logs-2.csv", 3, 6);
    write("users.csv", 0, 3);
    String[] tables = {"long", "logs", "users"};
    for (int i = 0; i < 30; i++) {
      pause(tables[i % 3]);
      if (i % 7 == 0) {
        files.crash();
      }
      List<String> held = files.rows(tables[i % 3]);
      files.pass(SECOND);
      files.step();
      files.step();
      assertThat(files.rows(tables[i % 3])).isEqualTo(held);
      files.paused().resume(List.of(tables));
      for (int steps = 0; steps < i; steps++) {
        files.step();
      }
    }
    files.stepUntilIdle();
    assertThat(files.rows("long")).isEqualTo(rows(0, LONG_ROWS / 4));
    assertThat(files.rows("logs")).isEqualTo(rows(0, 6));
    assertThat(files.rows("users")).isEqualTo(rows(0, 3));
  }

  /** What someone pauses a table for is no problem any more. */
  @Test
  void oneThatWaitsForItsRestIsNothingToTheOthers() throws Exception {
    files.write("logs.csv", "id,text\n1,\"open\n");
    files.pass(SECOND);
    files.stepUntilIdle();
    assertThat(files.trouble()).contains("logs.csv waits for its rest");
    pause("logs");
    files.stepUntilIdle();
    assertThat(files.trouble()).isEmpty();
    files.paused().resume(List.of("logs"));
    files.stepUntilIdle();
    assertThat(files.trouble()).contains("logs.csv waits for its rest");
    assertThat(files.log().refused()).isEmpty();
  }

  /** Nor for a start, until it is resumed. */
  @Test
  void oneThatCannotBeReadIsNoProblemMeanwhile() throws Exception {
    files.write("logs.zip", "no rows");
    files.pass(SECOND);
    files.stepUntilIdle();
    assertThat(files.trouble()).contains("logs.zip is quarantined");
    assertThat(files.check().problems()).hasSize(1);
    pause("logs");
    files.stepUntilIdle();
    assertThat(files.trouble()).isEmpty();
    assertThat(files.check().problems()).isEmpty();
    files.paused().resume(List.of("logs"));
    files.stepUntilIdle();
    assertThat(files.trouble()).contains("logs.zip is quarantined");
    assertThat(files.check().problems()).hasSize(1);
  }
}
