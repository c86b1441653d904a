package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.database.Freshet;
import dev.freshet.database.FreshetOptions;
import dev.freshet.testing.files.FileTrees;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/guides/verify.md says of the library's databases, and what they may be like. */
class VerifyDatabaseTest {
  private static final Pattern SAMPLE =
      Pattern.compile(
          "## A database of the library.*?```sql\n(.*?)```.*?```console\n\\$ ./freshet (.*?)\n(.*?)```",
          Pattern.DOTALL);
  private static final FreshetOptions FORGETFUL =
      FreshetOptions.DEFAULT
          .withLogSegmentBytes(4096)
          .withCheckpointInterval(Duration.ofMillis(1))
          .withCheckpointKeep(1);

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int verify(Path directory) {
    return run("verify", "--database", directory.toString());
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return FreshetCommand.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  private static void make(Path directory, FreshetOptions options, String... statements) {
    try (Freshet database = Freshet.open(directory, options)) {
      for (String statement : statements) {
        database.execute(statement);
      }
    }
  }

  @Test
  void printsWhatTheGuideShows() throws Exception {
    Matcher sample = SAMPLE.matcher(Files.readString(Path.of("../docs/guides/verify.md")));
    assertThat(sample.find()).isTrue();
    Path directory = folder.resolve("shop-db");
    make(directory, FreshetOptions.DEFAULT, sample.group(1).strip().split(";\n?"));

    assertThat(run(sample.group(2).replace("shop-db", directory.toString()).split(" ")))
        .as(err.toString())
        .isZero();
    assertThat(out.toString().replace("\r", "")).isEqualTo(sample.group(3));
  }

  /** A log without its beginning, views over what passes, and closed windows. */
  @Test
  void verifiesADatabaseWhoseLogHasForgotten() {
    Path directory = folder.resolve("db");
    try (Freshet database = Freshet.open(directory, FORGETFUL)) {
      database.execute("CREATE TABLE t (id BIGINT PRIMARY KEY, k BIGINT, text VARCHAR)");
      database.execute("CREATE TABLE beats (host VARCHAR) WITH ('keep' = 'none')");
      database.execute("CREATE VIEW per_k AS SELECT k, COUNT(*) AS n FROM t GROUP BY k");
      database.execute("CREATE VIEW hosts AS SELECT host, COUNT(*) AS n FROM beats GROUP BY host");
      for (int id = 0; id < 200; id++) {
        database.execute(
            "INSERT INTO t VALUES (" + id + ", " + id % 7 + ", '" + "x".repeat(100) + "')");
        database.execute("INSERT INTO beats VALUES ('h" + id % 3 + "')");
      }
      database.execute("DELETE FROM t WHERE k = 3");
    }
    try (Freshet again = Freshet.open(directory, FORGETFUL)) {
      again.execute("INSERT INTO t VALUES (1000, 3, 'after')");
    }
    assertThat(verify(directory)).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("what came before is gone", "hosts  (saved)")
        .containsPattern("equal .* per_k")
        .contains("all equal");
    make(directory, FORGETFUL, "INSERT INTO t VALUES (1001, 3, 'it is as it was')");
  }

  /** What is taken as it was saved reads views, and those read others: each is there before. */
  @Test
  void verifiesViewsOverViewsBesideAStreamWhenTheLogHasForgotten() {
    Path directory = folder.resolve("db");
    try (Freshet database = Freshet.open(directory, FORGETFUL)) {
      database.execute("CREATE TABLE t (id BIGINT PRIMARY KEY, k BIGINT, text VARCHAR)");
      database.execute("CREATE TABLE beats (k BIGINT) WITH ('keep' = 'none')");
      database.execute(
          "CREATE TABLE orders (id BIGINT PRIMARY KEY, at TIMESTAMP, WATERMARK FOR at AS at)");
      database.execute("CREATE VIEW few AS SELECT id, k FROM t WHERE k < 3");
      database.execute("CREATE VIEW per_k AS SELECT k, COUNT(*) AS n FROM few GROUP BY k");
      database.execute(
          "CREATE VIEW heard AS SELECT b.k, COUNT(*) AS times FROM beats b JOIN per_k p ON b.k ="
              + " p.k GROUP BY b.k");
      database.execute("CREATE VIEW known AS SELECT id, at FROM orders WHERE id > 0");
      database.execute(
          "CREATE VIEW minutes WITH ('emit' = 'final') AS SELECT window_start, COUNT(*) AS n FROM"
              + " TABLE(TUMBLE(TABLE known, DESCRIPTOR(at), INTERVAL '1' MINUTE)) GROUP BY"
              + " window_start, window_end");
      database.execute("CREATE VIEW apart AS SELECT k, SUM(id) AS ids FROM t GROUP BY k");
      for (int id = 0; id < 200; id++) {
        database.execute(
            "INSERT INTO t VALUES (" + id + ", " + id % 7 + ", '" + "x".repeat(100) + "')");
        database.execute("INSERT INTO beats VALUES (" + id % 5 + ")");
        database.execute(
            "INSERT INTO orders VALUES (%d, TIMESTAMP '2026-11-24 09:%02d:00')"
                .formatted(id, id % 60));
      }
    }
    make(directory, FORGETFUL, "INSERT INTO t VALUES (1000, 2, 'after')");

    assertThat(verify(directory)).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("what came before is gone")
        .contains("few  (saved)", "per_k  (saved)", "heard  (saved)")
        .contains("minutes  (saved)")
        .containsPattern("equal .* known\\R")
        .containsPattern("equal .* apart\\R")
        .contains("all equal");
  }

  /** The same statements with another value, and the state of one with the log of the other. */
  @Test
  void findsAStateThatIsNotWhatTheLogComesTo() throws Exception {
    String table = "CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT)";
    String view = "CREATE VIEW total AS SELECT SUM(n) AS n FROM t";
    Path one = folder.resolve("one");
    Path other = folder.resolve("other");
    make(one, FreshetOptions.DEFAULT, table, view, "INSERT INTO t VALUES (1, 10)");
    make(other, FreshetOptions.DEFAULT, table, view, "INSERT INTO t VALUES (1, 11)");
    Files.move(one.resolve("state"), folder.resolve("taken"));
    FileTrees.copy(other.resolve("state"), one.resolve("state"));

    assertThat(verify(one)).as(err.toString()).isEqualTo(1);
    assertThat(out.toString())
        .containsPattern("DIFFERENT .* t\\R")
        .containsPattern("DIFFERENT .* total\\R")
        .contains("live has      {\"id\":1,\"n\":11}", "live has not  {\"id\":1,\"n\":10}");
  }

  @Test
  void refusesAProjectBesideADatabaseAndSaysWhichIsWhich() {
    for (List<String> project : List.of(List.of("shop"), List.of("--project", "shop"))) {
      List<String> arguments = new ArrayList<>(List.of("verify", "--database", "shop-db"));
      arguments.addAll(project);
      assertThat(run(arguments.toArray(String[]::new))).isEqualTo(1);
      assertThat(err.toString().replaceAll("\\s+", " "))
          .contains("Cannot verify a project and a database at once: shop and shop-db.")
          .contains("For the project: freshet verify shop.")
          .contains("freshet verify --database shop-db.");
      assertThat(out.toString()).isEmpty();
    }
  }

  @Test
  void refusesWhatIsNoDatabaseOrIsOpen() throws Exception {
    assertThat(verify(folder.resolve("absent"))).isEqualTo(1);
    assertThat(err.toString())
        .contains("NOT_FOUND", "Cannot find a database in", "Name the directory that Freshet.open");
    assertThat(folder.resolve("absent")).doesNotExist();

    Path directory = folder.resolve("db");
    try (Freshet database = Freshet.open(directory)) {
      database.execute("CREATE TABLE t (id BIGINT PRIMARY KEY)");
      assertThat(verify(directory)).isEqualTo(1);
      assertThat(err.toString()).contains("DIRECTORY_IN_USE", "has it open");
      database.execute("INSERT INTO t VALUES (1)");
    }
    List<Path> before = files(directory);
    assertThat(verify(directory)).isZero();
    assertThat(files(directory)).isEqualTo(before);
  }

  private static List<Path> files(Path directory) throws Exception {
    try (var all = Files.walk(directory)) {
      return all.sorted().toList();
    }
  }
}
