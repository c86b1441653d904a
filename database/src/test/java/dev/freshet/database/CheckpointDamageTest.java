package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointDamageTest {
  @TempDir Path directory;

  private static List<String> rows(Freshet db, String sql) {
    return db.query(sql).stream().map(Row::toString).toList();
  }

  /** Three lives, each ended well, so that each leaves a checkpoint. */
  private void fill(FreshetOptions options) {
    for (int life = 0; life < 3; life++) {
      try (Freshet db = Freshet.open(directory, options)) {
        if (life == 0) {
          db.execute("CREATE TABLE a (id BIGINT PRIMARY KEY, v VARCHAR)");
          db.execute("CREATE VIEW n (v, n) AS SELECT v, COUNT(*) FROM a GROUP BY v");
        }
        db.execute("INSERT INTO a VALUES (" + life + ", 'x'), (" + (life + 10) + ", 'y')");
        if (life == 2) {
          db.execute("CREATE VIEW most AS SELECT v, n FROM n WHERE n > 2");
          db.execute("DELETE FROM a WHERE id = 0");
        }
      }
    }
  }

  private List<Path> manifests() throws Exception {
    try (Stream<Path> files = Files.list(directory.resolve("state"))) {
      return files.filter(file -> file.toString().contains("manifest")).sorted().toList();
    }
  }

  private static void damage(Path file) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  private static void assertAnswers(Freshet db) {
    assertThat(rows(db, "SELECT * FROM n ORDER BY v")).containsExactly("{v=x, n=2}", "{v=y, n=3}");
    assertThat(rows(db, "SELECT * FROM most")).containsExactly("{v=y, n=3}");
  }

  @Test
  void opensFromTheCheckpointBeforeADamagedOne() throws Exception {
    fill(FreshetOptions.DEFAULT);
    assertThat(manifests()).hasSize(2);
    damage(manifests().getLast());
    long step;
    try (Freshet db = Freshet.open(directory)) {
      assertThat(db.checkpointDamages())
          .singleElement()
          .asString()
          .contains(manifests().getLast().getFileName().toString());
      assertAnswers(db);
      step = db.step();
      db.execute("INSERT INTO a VALUES (50, 'x')");
      db.execute("DELETE FROM a WHERE id = 50");
    }
    try (Freshet db = Freshet.open(directory)) {
      assertThat(db.checkpointDamages()).isEmpty();
      assertThat(db.step()).isGreaterThan(step);
      assertAnswers(db);
    }
  }

  @Test
  void saysWhatToDoWhenNoCheckpointIsWhole() throws Exception {
    fill(FreshetOptions.DEFAULT);
    for (Path manifest : manifests()) {
      damage(manifest);
    }
    assertThatThrownBy(() -> Freshet.open(directory))
        .isInstanceOfSatisfying(
            FreshetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_DAMAGED))
        .hasMessageContaining("move the folder " + directory.resolve("state") + " away");
    Files.move(directory.resolve("state"), directory.resolve("damaged"));
    try (Freshet db = Freshet.open(directory)) {
      assertAnswers(db);
    }
  }

  @Test
  void asksForABackupWhenTheLogHasForgottenTheBeginning() throws Exception {
    FreshetOptions often = FreshetOptions.DEFAULT.withCheckpointInterval(Duration.ofMillis(1));
    String text = "x".repeat(1000);
    for (int life = 0; life < 2; life++) {
      try (Freshet db = Freshet.open(directory, often)) {
        if (life == 0) {
          db.execute("CREATE TABLE a (id BIGINT PRIMARY KEY, text VARCHAR)");
        }
        for (int round = 0; round < 45; round++) {
          db.transaction(tx -> {
            for (int i = 0; i < 1000; i++) {
              tx.upsert("a", i, text);
            }
          });
        }
      }
    }
    for (Path manifest : manifests()) {
      damage(manifest);
    }
    assertThatThrownBy(() -> Freshet.open(directory))
        .hasMessageContaining("restore the whole folder " + directory + " from a backup");
    try (Stream<Path> files = Files.list(directory.resolve("state"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    assertThatThrownBy(() -> Freshet.open(directory))
        .isInstanceOfSatisfying(
            FreshetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_DAMAGED))
        .hasMessageContaining("Restore the whole folder from a backup");
  }
}
