package dev.freshet.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.files.FilePosition.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Small files of other tables pass a long one, and nothing else changes by that. */
@Timeout(120)
class PassingFilesTest {
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

  private static String row(long id) {
    return "{\"id\":" + id + ",\"text\":null}";
  }

  private static String user(String text) {
    return "{\"id\":1,\"text\":\"" + text + "\"}";
  }

  private void writeLong() throws IOException {
    writeLong(SECOND);
  }

  private void writeLong(Duration took) throws IOException {
    files.write(
        "long.csv",
        IntStream.range(0, LONG_ROWS)
            .mapToObj(i -> i + "\n")
            .collect(Collectors.joining("", "id\n", "")));
    files.pass(took);
  }

  private boolean isLongDone() {
    return files.positions().stream()
        .anyMatch(each -> each.file().path().equals("long.csv") && each.outcome() == Outcome.DONE);
  }

  @Test
  void aFileThatGrowsWhileALongOneIsReadIsReadOnce() throws Exception {
    writeLong();
    files.write("logs.csv", "id\n1\n");
    files.step(); // begins with the long one: the other waits behind it
    files.pass(SECOND);
    files.stepUntil(() -> files.rows("logs").size() == 1);
    files.step(); // with the long one again
    files.append("logs.csv", "2\n");
    files.pass(SECOND);
    files.stepUntil(() -> files.rows("logs").size() == 2);
    assertThat(isLongDone()).isFalse();

    files.stepUntilIdle();
    assertThat(isLongDone()).isTrue();
    assertThat(files.rows("logs")).containsExactly(row(1), row(2));
    assertThat(files.log().refused()).isEmpty();
  }

  @Test
  void aLogThatNeverRestsIsReadOnceAndNotQuarantinedWhileALongOneIsRead() throws Exception {
    int before = 100_000; // so many that their digest is kept
    Duration half = Duration.ofMillis(500);
    files.close();
    files = new SteppedFiles(folder.resolve("resting"), SECOND, Duration.ofMinutes(1));
    files.write("logs.jsonl", log(0, before));
    files.pass(SECOND);
    files.stepUntilIdle();
    assertThat(files.rows("logs")).hasSize(before);

    files.append("logs.jsonl", log(before, before + 1));
    files.stepUntilIdle();
    writeLong(half);
    files.append("logs.jsonl", log(before + 1, before + 2));
    files.stepUntilIdle();
    files.pass(half);
    files.append("logs.jsonl", log(before + 2, before + 3));
    files.step(); // begins with the long one: the log waits behind it as it is
    files.append("logs.jsonl", log(before + 3, before + 4));
    files.pass(half);
    int records = files.log().size();
    files.stepUntil(() -> files.log().size() > records);
    assertThat(files.rows("logs")).hasSize(before + 4);
    assertThat(isLongDone()).isFalse();
    files.stepUntilIdle();
    assertThat(isLongDone()).isTrue();
    assertThat(files.rows("logs")).hasSize(before + 4).doesNotHaveDuplicates();
    assertThat(files.log().refused()).isEmpty();
  }

  private static String log(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> "{\"id\":" + i + "}\n")
        .collect(Collectors.joining());
  }

  @Test
  void aFileThatBecameShorterWhileALongOneIsReadIsReadAsItIs() throws Exception {
    writeLong();
    files.write("logs.csv", "id\n1\n2\n3\n");
    files.step();
    files.write("logs.csv", "id\n4\n");
    files.stepUntilIdle();
    files.stepUntilIdle();
    assertThat(files.rows("logs")).containsExactly(row(4));
    assertThat(files.log().refused()).isEmpty();
  }

  @Test
  void aFileDoesNotPassAnOlderOneOfItsTable() throws Exception {
    writeLong();
    String big = "x".repeat(1_000);
    files.write(
        "users-1.csv",
        "id,text\n1,older\n"
            + IntStream.range(2, 6_000)
                .mapToObj(i -> i + "," + big + "\n")
                .collect(Collectors.joining()));
    files.pass(SECOND);
    files.write("users-2.csv", "id,text\n1,newer\n");
    files.write("logs.csv", "id\n1\n");
    files.step();
    files.pass(SECOND);
    files.stepUntilIdle();
    assertThat(isLongDone()).isTrue();
    assertThat(files.log().history("users", "id=1")).containsExactly(user("older"), user("newer"));
    assertThat(files.positions().getFirst().file().path()).isEqualTo("logs.csv");
  }

  @Test
  void aFileDoesNotPassOneOfItsTableThatIsReadInPart() throws Exception {
    writeLong();
    files.stepUntil(() -> files.log().size() == 1);
    files.write(
        "users-1.csv",
        IntStream.range(2, 25_000)
            .mapToObj(i -> i + ",x\n")
            .collect(Collectors.joining("", "id,text\n", "1,older\n")));
    files.pass(SECOND);
    files.stepUntil(() -> !files.rows("users").isEmpty());
    files.crash();
    assertThat(isLongDone()).isFalse();
    files.write("users-2.csv", "id,text\n1,newer\n");
    files.step();
    files.pass(SECOND);
    files.stepUntilIdle();
    files.stepUntilIdle();
    assertThat(files.log().history("users", "id=1")).containsExactly(user("older"), user("newer"));
  }

  @Test
  void aLongFileHasItsTurnHoweverManyPassIt() throws Exception {
    writeLong();
    int passed = 0;
    for (int steps = 0; !isLongDone() && steps < 1_000; steps++) {
      files.step();
      files.pass(Duration.ofMillis(100));
      if (files.rows("logs").size() == passed) {
        files.write("logs-" + passed++ + ".csv", "id\n" + passed + "\n");
        files.pass(SECOND.multipliedBy(2)); // to read the one before took that long
      }
    }
    assertThat(isLongDone()).isTrue();
    assertThat(passed).isBetween(2, 4);
  }
}
