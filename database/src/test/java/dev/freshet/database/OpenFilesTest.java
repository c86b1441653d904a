package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.database.checkpoint.SavedState;
import dev.freshet.engine.workers.Workers;
import dev.freshet.log.Log;
import dev.freshet.testing.files.OpenHandles;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A database that is opened and closed again and again in one process. */
@EnabledOnOs(OS.LINUX)
class OpenFilesTest {
  private static final int ROWS = 3_000;
  private static final FreshetOptions SMALL =
      FreshetOptions.DEFAULT
          .withMemoryBytes(50_000)
          .withCheckpointInterval(Duration.ofMillis(1))
          .withCheckpointKeep(1);

  @TempDir Path directory;

  @Test
  void aClosedDatabaseHoldsNoFileOpen() {
    for (int life = 0; life < 3; life++) {
      try (Freshet db = Freshet.open(directory, SMALL)) {
        if (life == 0) {
          db.execute("CREATE TABLE a (id BIGINT PRIMARY KEY, v VARCHAR)");
          db.execute("CREATE VIEW n AS SELECT v, COUNT(*) AS n FROM a GROUP BY v");
        }
        int first = life * ROWS;
        for (int round = 0; round < 3; round++) {
          db.execute("DELETE FROM a WHERE id >= " + first);
          db.execute("INSERT INTO a VALUES " + rows(first));
        }
        assertThat(db.query("SELECT COUNT(*) AS n FROM n").stream().findFirst().orElseThrow())
            .hasToString("{n=" + (first + ROWS) + "}");
      }
      assertThat(OpenHandles.below(directory)).isEmpty();
    }
  }

  private static String rows(int first) {
    return IntStream.range(first, first + ROWS)
        .mapToObj(id -> "(" + id + ", 'text of " + id + "')")
        .collect(Collectors.joining(", "));
  }

  @Test
  void anOpeningThatFailsLeavesNoFileOpen() throws Exception {
    try (Freshet db = Freshet.open(directory)) {
      db.execute("CREATE TABLE a (id BIGINT PRIMARY KEY)");
      db.execute("INSERT INTO a VALUES (1)");
    }
    try (Stream<Path> log = Files.list(directory.resolve("log"))) {
      for (Path file : log.toList()) {
        Files.delete(file);
      }
    }
    assertThatThrownBy(() -> Freshet.open(directory, SMALL)).isInstanceOf(FreshetException.class);
    assertThat(OpenHandles.below(directory)).isEmpty();
  }

  @Test
  void anErrorWhileTheStateIsRestoredLeavesNoFileOpen() {
    for (int life = 0; life < 2; life++) {
      try (Freshet db = Freshet.open(directory, SMALL)) {
        if (life == 0) {
          db.execute("CREATE TABLE a (id BIGINT PRIMARY KEY, v VARCHAR)");
        }
        db.execute("INSERT INTO a VALUES " + rows(life * ROWS));
      }
    }
    Log log =
        (Log)
            Proxy.newProxyInstance(
                Log.class.getClassLoader(),
                new Class<?>[] {Log.class},
                (_, _, _) -> {
                  throw new StackOverflowError("planted");
                });
    LocalStorage storage = new LocalStorage(directory);
    assertThatThrownBy(() -> SavedState.restore(storage, "state", log, 50_000, Workers.NONE))
        .isInstanceOf(StackOverflowError.class);
    assertThat(OpenHandles.below(directory)).isEmpty();
  }
}
