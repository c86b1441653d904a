package dev.freshet.bench.numbered;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.bench.numbered.NumberedCheck.LogStart;
import dev.freshet.database.Freshet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That what must be there is looked for, not only what is there. */
class NumberedCheckTest {
  private static final int LAST = 50;

  @TempDir private Path folder;

  @Test
  void findsNothingWrongInWhatWasWritten() {
    write();
    assertThat(NumberedCheck.look(folder, LAST)).isEqualTo(new NumberedCheck.Found(LAST, ""));
  }

  @Test
  void findsThatTransactionsAreLost() {
    write();
    assertThat(wrong(LAST + 2)).isEqualTo("acknowledged and lost: transactions 51 to 52");
  }

  @Test
  void findsMoreThanWasEverBegun() {
    write();
    assertThat(wrong(LAST - 2)).isEqualTo("there up to 50, though only 49 was ever begun");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          DELETE FROM events WHERE number = 7 AND part = 0        | events has
          INSERT INTO events VALUES (7, 6, 1, 'more')             | part 6 of transaction 7 is not
          UPDATE events SET amount = 1000 WHERE number = 7 AND part = 0 | part 0 of transaction 7 is not
          DELETE FROM recent WHERE number = 20                    | recent has
          INSERT INTO recent VALUES (3)                           | recent has
          DELETE FROM latest WHERE k = 3                          | latest is
          UPDATE latest SET number = 38 WHERE k = 3               | latest is
          INSERT INTO latest VALUES (7, 1)                        | latest is
          """)
  void findsRowsThatAreWrongMissingOrTooMany(String statement, String wrong) {
    write(statement);
    assertThat(wrong(LAST)).startsWith(wrong);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          missing | SELECT part, COUNT(*) AS n, SUM(amount) AS amount FROM events WHERE part > 0 GROUP BY part
          wrong   | SELECT part, COUNT(*) AS n, SUM(amount) + 1 AS amount FROM events GROUP BY part
          extra   | SELECT part, COUNT(*) AS n, SUM(amount) AS amount FROM events GROUP BY part UNION ALL SELECT 6, n, n FROM (SELECT COUNT(*) AS n FROM events)
          """)
  void findsAViewThatIsNotEqualToItsQuery(String what, String query) {
    write("DROP VIEW totals", "CREATE VIEW totals AS " + query);
    assertThat(wrong(LAST)).as(what).startsWith("the view is not equal to its query");
  }

  /** Only a folder in which a process let the log forget may have lost its beginning. */
  @Test
  void findsALogThatIsCutAtTheFrontWithoutPermission() throws Exception {
    write();
    cutTheFrontOfTheLog();

    assertThat(wrong(LAST)).matches("the log begins at offset [1-9]\\d*, though none .*");
    assertThat(NumberedCheck.look(folder, LAST, LogStart.FORGOTTEN))
        .isEqualTo(new NumberedCheck.Found(LAST, ""));
  }

  /** What is left must be whole, whatever was forgotten. */
  @Test
  void findsThatTheEndOfALogThatForgotIsMissing() throws Exception {
    write();
    cutTheFrontOfTheLog();
    assertThat(NumberedCheck.look(folder, LAST + 1, LogStart.FORGOTTEN).wrong())
        .isEqualTo("acknowledged and lost: transactions 51 to 51");
  }

  private void cutTheFrontOfTheLog() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("log"))) {
      List<Path> segments =
          files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
      assertThat(segments).hasSizeGreaterThan(1);
      Files.delete(segments.getFirst());
    }
  }

  private void write(String... afterwards) {
    try (Freshet database = Freshet.open(folder, NumberedRows.options())) {
      NumberedRows.define(database);
      for (long number = 1; number <= LAST; number++) {
        NumberedRows.write(database, number);
      }
      for (String statement : afterwards) {
        database.execute(statement);
      }
    }
  }

  private String wrong(long lasting) {
    return NumberedCheck.look(folder, lasting).wrong();
  }
}
