package dev.freshet.runtime.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.database.Freshet;
import dev.freshet.database.FreshetOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of a database that is written to, and of backups that are not what they were. */
class BackupTest {
  private static final FreshetOptions OPTIONS =
      FreshetOptions.DEFAULT.withCheckpointInterval(Duration.ofMillis(20));

  @TempDir private Path folder;

  private Path state() {
    return folder.resolve("state");
  }

  private static void create(Freshet database) {
    database.execute("CREATE TABLE debit (id BIGINT PRIMARY KEY, amount BIGINT NOT NULL)");
    database.execute("CREATE TABLE credit (id BIGINT PRIMARY KEY, amount BIGINT NOT NULL)");
    database.execute(
        "CREATE VIEW balance AS SELECT SUM(amount) AS total, COUNT(*) AS n FROM"
            + " (SELECT amount FROM debit UNION ALL SELECT -amount FROM credit) AS both_sides");
  }

  /** Each transfer is in both tables; old ones are changed again and again, so runs merge. */
  private static void transfer(Freshet database, long id) {
    database.transaction(change -> {
      change.upsert("debit", id % 500, id);
      change.upsert("credit", id % 500, id);
      change.upsert("debit", 1_000 + id, 1L);
      change.upsert("credit", 1_000 + id, 1L);
    });
  }

  @Test
  void takesOneMomentOfADatabaseThatIsWrittenTo() throws Exception {
    AtomicLong acknowledged = new AtomicLong();
    AtomicBoolean stopped = new AtomicBoolean();
    try (Freshet database = Freshet.open(state(), OPTIONS);
        ExecutorService writer = Executors.newSingleThreadExecutor()) {
      create(database);
      Future<?> writing =
          writer.submit(() -> {
            for (long id = 1; !stopped.get(); id++) {
              transfer(database, id);
              acknowledged.set(id);
            }
          });
      try {
        for (int round = 0; round < 8; round++) {
          long wanted = acknowledged.get() + 50;
          while (acknowledged.get() < wanted && !writing.isDone()) {
            Thread.onSpinWait();
          }
          long before = acknowledged.get();
          Path backup = folder.resolve("backup-" + round);
          Backup made = Backup.create(state(), backup);
          assertThat(made.files()).isGreaterThan(2);
          assertRestores(backup, before, acknowledged.get() + 1);
        }
      } finally {
        stopped.set(true);
      }
      writing.get();
      assertThat(database.checkpointFailure()).isEmpty();
    }
    assertThat(state().resolve("backup").resolve("links")).doesNotExist();
  }

  private void assertRestores(Path backup, long least, long most) throws IOException {
    Path restored = folder.resolve("restored");
    Backup.restore(backup, restored);
    try (Freshet database = Freshet.open(restored, OPTIONS)) {
      List<Object[]> rows = database.query("SELECT total, n FROM balance").rows();
      assertThat(rows.getFirst()[0]).isEqualTo(0L);
      long transfers = (long) database.query("SELECT MAX(amount) FROM debit").single().get(0);
      assertThat(transfers).isBetween(least, most);
      assertThat(rows.getFirst()[1]).isEqualTo(2 * (transfers + Math.min(transfers, 500)));
      transfer(database, transfers + 1);
    }
    Copies.deleteTree(restored);
  }

  @Test
  void takesADatabaseThatIsClosed() throws IOException {
    try (Freshet database = Freshet.open(state(), OPTIONS)) {
      create(database);
      transfer(database, 1);
    }
    Backup.create(state(), folder.resolve("backup"));
    assertRestores(folder.resolve("backup"), 1, 1);
  }

  @Test
  void restoresNothingOfADamagedBackup() throws IOException {
    try (Freshet database = Freshet.open(state(), OPTIONS)) {
      create(database);
      transfer(database, 1);
    }
    Path backup = folder.resolve("backup");
    Backup.create(state(), backup);
    Path restored = folder.resolve("restored");
    for (Path file : files(backup)) {
      byte[] content = Files.readAllBytes(file);
      if (content.length > 0) {
        byte[] flipped = content.clone();
        flipped[content.length / 2] ^= 1;
        Files.write(file, flipped);
        assertThatThrownBy(() -> Backup.restore(backup, restored))
            .satisfies(code(ErrorCode.STORAGE_DAMAGED));
      }
      Files.delete(file);
      assertThatThrownBy(() -> Backup.restore(backup, restored))
          .isInstanceOf(FreshetException.class);
      Files.write(file, content);
      assertThat(files(folder.resolve("restored"))).isEmpty();
    }
    assertRestores(backup, 1, 1);
  }

  private static List<Path> files(Path root) throws IOException {
    if (Files.notExists(root)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void overwritesNothing() throws IOException {
    try (Freshet database = Freshet.open(state(), OPTIONS)) {
      create(database);
      Path backup = folder.resolve("backup");
      Backup.create(state(), backup);
      assertThatThrownBy(() -> Backup.create(state(), backup))
          .satisfies(code(ErrorCode.ALREADY_EXISTS));
      assertThatThrownBy(() -> Backup.restore(backup, state()))
          .satisfies(code(ErrorCode.ALREADY_EXISTS));
      assertThatThrownBy(() -> Backup.create(state(), state().resolve("inside")))
          .satisfies(code(ErrorCode.REQUEST_INVALID));
      assertThatThrownBy(() -> Backup.create(folder.resolve("nothing"), folder.resolve("b")))
          .satisfies(code(ErrorCode.NOT_FOUND));
      assertThatThrownBy(() -> Backup.restore(folder.resolve("nothing"), folder.resolve("r")))
          .satisfies(code(ErrorCode.NOT_FOUND))
          .hasMessageContaining("backup.list");
      assertThat(folder.resolve("b")).doesNotExist();
      assertThat(folder.resolve("r")).doesNotExist();
      transfer(database, 1);
    }
  }

  private static Consumer<Throwable> code(ErrorCode code) {
    return thrown ->
        assertThat(thrown)
            .isInstanceOfSatisfying(
                FreshetException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
