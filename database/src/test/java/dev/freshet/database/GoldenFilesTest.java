package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Databases that earlier versions of Freshet wrote stay readable for ever. Each folder below {@code
 * src/test/resources/golden} is one: definitions, log, manifests and runs, taken while it was open,
 * so that the log goes on behind the newest checkpoint.
 *
 * <p>The folders are never regenerated, whatever changes: a test that fails here has found files of
 * users that can no longer be read. When the version of a format rises, a folder is added: {@link
 * #fill} into an empty directory, and a copy of its files before the database is closed.
 */
class GoldenFilesTest {
  private static final int EVENTS = 300;

  @TempDir Path directory;

  /** What stands in every folder. */
  static void fill(Path directory) {
    try (Freshet db = Freshet.open(directory)) {
      db.execute(
          "CREATE TABLE everything (id BIGINT PRIMARY KEY, flag BOOLEAN, tiny TINYINT, small"
              + " SMALLINT, whole INTEGER, single REAL, twice DOUBLE, money DECIMAL(12, 2), large"
              + " DECIMAL(38, 4), text VARCHAR, bytes VARBINARY, day DATE, at TIME, moment"
              + " TIMESTAMP, instant TIMESTAMP_LTZ, list INTEGER ARRAY, names MAP<VARCHAR,"
              + " INTEGER>)");
      db.execute("CREATE TABLE events (id BIGINT PRIMARY KEY, kind VARCHAR, n INTEGER)");
      db.execute(
          "CREATE VIEW kinds AS SELECT kind, COUNT(*) AS n, SUM(n) AS total, MAX(n) AS most FROM"
              + " events GROUP BY kind");
      db.execute(
          "INSERT INTO everything VALUES (1, TRUE, 1, 2, 3, 1.5, 2.25, 12.34, 5678901234567890.1234,"
              + " 'grün', X'00ff', DATE '2026-11-29', TIME '12:30:15', TIMESTAMP '2026-11-29"
              + " 12:30:15.123', CAST(TIMESTAMP '2026-11-29 12:30:15' AS TIMESTAMP_LTZ), ARRAY[1, 2],"
              + " MAP['a', 1])");
      db.execute("INSERT INTO everything (id) VALUES (2)");
    }
    try (Freshet db = Freshet.open(directory)) {
      db.transaction(change -> {
        for (int i = 0; i < EVENTS; i++) {
          change.insert("events", i, "k" + i % 3, i);
        }
      });
    }
  }

  /** What stands in the log only. */
  static void goOn(Freshet db) {
    db.execute("UPDATE events SET n = 1000 WHERE id = 7");
    db.execute("DELETE FROM events WHERE id < 3");
  }

  private static List<String> rows(Freshet db, String sql) {
    return db.query(sql).stream().map(Row::toString).toList();
  }

  private static void assertContent(Freshet db) {
    assertThat(db.checkpointDamages()).isEmpty();
    assertThat(rows(db, "SELECT * FROM kinds ORDER BY kind"))
        .containsExactly(
            "{kind=k0, n=99, total=14850, most=297}",
            "{kind=k1, n=99, total=15942, most=1000}",
            "{kind=k2, n=99, total=15048, most=299}");
    assertThat(rows(db, "SELECT * FROM everything ORDER BY id"))
        .containsExactly(
            "{id=1, flag=true, tiny=1, small=2, whole=3, single=1.5, twice=2.25, money=12.34,"
                + " large=5678901234567890.1234, text=grün, bytes=00ff, day=2026-11-29, at=12:30:15,"
                + " moment=2026-11-29T12:30:15.123, instant=2026-11-29T12:30:15Z, list=[1, 2],"
                + " names={a=1}}",
            "{id=2, flag=null, tiny=null, small=null, whole=null, single=null, twice=null,"
                + " money=null, large=null, text=null, bytes=null, day=null, at=null, moment=null,"
                + " instant=null, list=null, names=null}");
    assertThat(db.find("events", 7).orElseThrow().text("kind")).isEqualTo("k1");
  }

  @ParameterizedTest
  @ValueSource(strings = "log-1_manifest-1_runs-2")
  void whatWasWrittenIsRead(String name) throws Exception {
    copy(golden(name), directory);
    try (Freshet db = Freshet.open(directory)) {
      assertContent(db);
    }
    try (Freshet db = Freshet.open(directory)) { // from a checkpoint of this version
      assertContent(db);
    }
  }

  /** So that the assertions are about what {@link #fill} says. */
  @Test
  void thisVersionsFilesHaveTheSameContent() throws Exception {
    fill(directory);
    try (Freshet db = Freshet.open(directory)) {
      goOn(db);
      assertContent(db);
    }
  }

  private static Path golden(String name) throws URISyntaxException {
    URL url = GoldenFilesTest.class.getResource("/golden/" + name);
    return Path.of(Objects.requireNonNull(url, name).toURI());
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(from)) {
      files.forEach(all::add);
    }
    for (Path file : all) {
      Path target = to.resolve(from.relativize(file).toString());
      if (Files.isDirectory(file)) {
        Files.createDirectories(target);
      } else {
        Files.copy(file, target);
      }
    }
  }
}
