package dev.freshet.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.bench.harness.StartupCache;
import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.numbered.Defect;
import dev.freshet.bench.numbered.DiskCrash;
import dev.freshet.bench.numbered.Ending;
import dev.freshet.bench.numbered.NumberedCheck;
import dev.freshet.bench.numbered.NumberedCheck.LogStart;
import dev.freshet.bench.numbered.NumberedProcess;
import dev.freshet.core.error.FreshetException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kill proof in short, and that it finds what it is there to find. */
class KillProofTest {
  private static final Path EXAMPLE = Path.of("../examples/shop");
  private static final int RATE = 1_000;
  private static final DiskCrash.Place WRITE_CUT = DiskCrash.Place.AFTER_HALF_A_WRITE;

  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void losesAndRepeatsNothingOverKills() throws Exception {
    long seed = System.nanoTime();
    Tally tally = tally(seed);
    KillProof.run(EXAMPLE, 6, RATE, KillRun.Models.CHANGING, tally); // four at points
    tally.printSum();

    assertThat(out.toString()).contains("cases=7 failures=0 seed=" + seed);
    assertThat(tally.holds()).as(out.toString()).isTrue();
  }

  /** With the six above 200; every place and named point has its turn twice on both databases. */
  @Test
  void losesAndRepeatsNothingWhereverTheDiskIsUsed() throws Exception {
    Tally tally = tally(System.nanoTime());
    KillProof.killDatabase(194, Defect.NONE, tally);
    tally.printSum();

    assertThat(out.toString()).contains("cases=194 failures=0");
    assertThat(tally.holds()).as(out.toString()).isTrue();
  }

  @Test
  void findsTransactionsThatWereAcknowledgedEarly() throws Exception {
    Tally tally = tally(4);
    KillProof.killDatabase(30, Defect.ACKNOWLEDGED_EARLY, tally);

    assertThat(out.toString()).contains("acknowledged and lost: transactions");
  }

  @Test
  void findsAPointThatNoProcessEverCameTo() {
    Set<String> reached = new HashSet<>(Ending.names());
    assertThat(DatabaseKills.missing(1_000, reached)).isEmpty();
    reached.remove("log-synced");
    reached.remove("AFTER_RENAME");
    assertThat(DatabaseKills.missing(42, reached)).containsExactly("AFTER_RENAME", "log-synced");
    assertThat(DatabaseKills.missing(41, reached)).as("not all had their turn").isEmpty();
  }

  @Test
  void findsThatTooManyLivesNeverCameToTheirPoint() throws Exception {
    DatabaseKills kills = new DatabaseKills(new Random(4), Defect.NONE, 10);
    Ending never = new Ending.AtDisk(new DiskCrash(DiskCrash.Place.BEFORE_RENAME, 1_000_000));
    assertThat(kills.live(StartupCache.none(), folder.resolve("db"), never, true)).isPositive();
    assertThat(kills.missed()).isEqualTo(1);
    assertThat(DatabaseKills.missesTooMany(1, 1)).isTrue();
    assertThat(DatabaseKills.missesTooMany(1, 9)).isTrue();
    assertThat(DatabaseKills.missesTooMany(1, 10)).isFalse();
    assertThat(DatabaseKills.missesTooMany(0, 0)).isFalse();
  }

  @Test
  void findsADatabaseThatHangsAfterAKill() {
    Tally tally = tally(4);
    DatabaseKills kills = new DatabaseKills(new Random(4), Defect.HANGS_ON_A_LEFT_DATABASE, 5);
    assertThatThrownBy(() -> kills.run(6, StartupCache.none(), tally))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("wrote nothing for 5 s");
  }

  /** The next process must recover from what the kill has left, not from what a look has. */
  @Test
  void looksWithoutChangingWhatTheKillHasLeft() throws Exception {
    Path directory = folder.resolve("db");
    long lasting;
    try (NumberedProcess process =
        NumberedProcess.start(
            StartupCache.none(),
            directory,
            Defect.NONE,
            new Ending.AtDisk(new DiskCrash(WRITE_CUT, 20)))) {
      assertThat(process.await(p -> !p.isAlive(), 60)).as(process.output()).isTrue();
      lasting = process.lasting();
    }
    Map<String, Long> left = sizes(directory);

    NumberedCheck.Found found = DatabaseKills.look(directory, lasting, LogStart.WHOLE);

    assertThat(found.wrong()).isEmpty();
    assertThat(sizes(directory)).isEqualTo(left);
    assertThat(NumberedCheck.look(directory, lasting)).isEqualTo(found);
    assertThat(sizes(directory)).as("after a look at the directory itself").isNotEqualTo(left);
  }

  private static Map<String, Long> sizes(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .collect(Collectors.toMap(Path::toString, file -> file.toFile().length()));
    }
  }

  /** A process that dies at its point right after it has answered has still answered. */
  @Test
  void takesADifferenceFromAProcessThatHasDiedSince() {
    assertThat(KillRun.wrong(new Victim.Answer("customers differ"), Victim.Life.ENDED, "out"))
        .isEqualTo("customers differ\nout");
    assertThat(KillRun.wrong(new Victim.Answer("customers differ"), Victim.Life.RUNNING, "out"))
        .isEqualTo("customers differ\nout");
    assertThat(KillRun.wrong(Victim.Answer.EQUAL, Victim.Life.ENDED, "out")).isEmpty();
    assertThat(KillRun.wrong(Victim.Answer.NONE, Victim.Life.ENDED, "out")).isEmpty();
    assertThat(KillRun.wrong(Victim.Answer.NONE, Victim.Life.RUNNING, "out"))
        .isEqualTo("no answer\nout");
  }

  /** Changes that never reach Freshet are what a loss would look like. */
  @Test
  void findsChangesThatWereLost() throws Exception {
    try (KillRun run = KillRun.start(EXAMPLE, RATE, KillRun.Models.FIXED, 3)) {
      assertThat(run.verify()).isEmpty();
      execute(
          run,
          "ALTER PUBLICATION freshet_shop DROP TABLE customers",
          "UPDATE customers SET full_name = 'lost' WHERE customer_id = 1",
          "ALTER PUBLICATION freshet_shop ADD TABLE customers");

      assertThat(run.verify()).contains("customers").contains("lost");
    }
  }

  @Test
  void findsWhatIsNotAsItWasPostedDroppedOrKept() throws Exception {
    try (KillRun run = KillRun.start(EXAMPLE, RATE, KillRun.Models.FIXED, 3)) {
      assertThat(run.kill()).isEmpty(); // at work
      try (Victim victim = run.start()) {
        assertThat(run.verify(victim)).isEmpty();
        for (String table : List.of("till", "drops")) {
          execute(run, "CREATE TABLE moved AS SELECT * FROM " + table + " LIMIT 1");
          execute(run, "DELETE FROM " + table + " USING moved WHERE " + table + " = moved");
          assertThat(run.compare(victim)).contains(table).contains("NO");
          execute(run, "INSERT INTO " + table + " SELECT * FROM moved", "DROP TABLE moved");
        }
        execute(run, "UPDATE kept.revenue_by_country SET order_count = 0 WHERE country = 'DE'");
        assertThat(run.compare(victim)).contains("sinks keep", "revenue_by_country");
        execute(run, "UPDATE kept.units SET times = times WHERE unit = 0");
        assertThat(run.compare(victim)).contains("written more than once");
      }
    }
  }

  @Test
  void doesNotCountAProcessThatEndedByItselfAsKilled() throws Exception {
    try (Victim victim =
        Victim.start(
            List.of(), List.of(), Path.of("absent"), "postgres://u@127.0.0.1:1/d", folder)) {
      assertThat(victim.awaitReady(60)).isFalse();
      assertThat(victim.output()).contains("absent");
      assertThatThrownBy(victim::usage)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("absent");
      assertThat(victim.verify(1, 5)).isEqualTo(Victim.Answer.NONE);
      assertThat(victim.kill()).isFalse();
    }
  }

  @Test
  void refusesARunWithoutKills() {
    for (String times : List.of("0", "-1", "1000001")) {
      assertThatThrownBy(() -> new KillProof().run(List.of("--times", times), tally(1)))
          .isInstanceOf(FreshetException.class)
          .hasMessage("Invalid --times: " + times + "; give a number from 1 to 1000000");
    }
    assertThatThrownBy(() -> new KillProof().run(List.of("--time", "3"), tally(1)))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("Invalid option: --time");
  }

  private Tally tally(long seed) {
    return new Tally("kill", seed, new PrintStream(out, true));
  }

  private static void execute(KillRun run, String... statements) throws SQLException {
    try (Connection connection = run.shop().open();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
