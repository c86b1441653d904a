package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AsOfJoinTest {
  @TempDir Path directory;
  private Freshet db;

  @BeforeEach
  void open() {
    db = Freshet.open(directory);
    db.execute("CREATE TABLE trades (id INTEGER PRIMARY KEY, k VARCHAR, at TIMESTAMP)");
    db.execute(
        "CREATE TABLE rates (k VARCHAR, valid_from TIMESTAMP, rate INTEGER, PRIMARY KEY (k,"
            + " valid_from))");
    db.execute("CREATE TABLE current_rates (k VARCHAR PRIMARY KEY, rate INTEGER)");
    db.execute(
        "INSERT INTO trades VALUES (1, 'a', TIMESTAMP '2026-01-01 10:00:00'),"
            + " (2, 'a', TIMESTAMP '2026-01-01 12:00:00'), (3, 'b', TIMESTAMP '2026-01-01 12:00:00'),"
            + " (4, 'a', NULL), (5, NULL, TIMESTAMP '2026-01-01 12:00:00')");
    db.execute(
        "INSERT INTO rates VALUES ('a', TIMESTAMP '2026-01-01 10:00:00', 1),"
            + " ('a', TIMESTAMP '2026-01-01 11:00:00', 2), ('b', TIMESTAMP '2026-01-01 13:00:00', 3)");
  }

  @AfterEach
  void close() {
    db.close();
  }

  private List<String> rows(String sql) {
    return db.query(sql).stream().map(row -> row.values()[0] + " " + row.values()[1]).toList();
  }

  @Test
  void takesTheLatestThatIsNotLater() {
    String sql =
        "SELECT t.id, r.rate FROM trades t LEFT ASOF JOIN rates r"
            + " MATCH_CONDITION t.at >= r.valid_from ON t.k = r.k ORDER BY t.id";
    db.execute("CREATE VIEW v AS " + sql);
    assertThat(rows(sql)).containsExactly("1 1", "2 2", "3 null", "4 null", "5 null");
    db.execute("INSERT INTO rates VALUES ('a', TIMESTAMP '2026-01-01 11:30:00', 7)");
    db.execute("DELETE FROM rates WHERE valid_from = TIMESTAMP '2026-01-01 10:00:00'");
    assertThat(rows("SELECT * FROM v ORDER BY 1"))
        .containsExactly("1 null", "2 7", "3 null", "4 null", "5 null");
  }

  @ParameterizedTest
  @CsvSource({
    "t.at > r.valid_from, '2 2'",
    "r.valid_from <= t.at, '1 1,2 2'",
    "t.at <= r.valid_from, '1 1,3 3'",
    "r.valid_from > t.at, '1 2,3 3'"
  })
  void takesEachComparison(String match, String expected) {
    assertThat(
            rows(
                "SELECT t.id, r.rate FROM trades t ASOF JOIN rates r MATCH_CONDITION "
                    + match
                    + " ON t.k = r.k ORDER BY t.id"))
        .containsExactly(expected.split(","));
  }

  @Test
  void equalTimesAreDecidedByTheOtherColumns() {
    db.execute("CREATE TABLE marks (id INTEGER PRIMARY KEY, k VARCHAR, at TIMESTAMP)");
    db.execute(
        "INSERT INTO marks VALUES (7, 'a', TIMESTAMP '2026-01-01 09:00:00'),"
            + " (8, 'a', TIMESTAMP '2026-01-01 09:00:00'), (6, 'a', TIMESTAMP '2026-01-01 09:00:00')");
    assertThat(
            rows(
                "SELECT t.id, m.id FROM trades t ASOF JOIN marks m MATCH_CONDITION t.at >= m.at ON"
                    + " t.k = m.k ORDER BY 1"))
        .containsExactly("1 8", "2 8");
  }

  @Test
  void aFilterAboveDoesNotChangeTheMatch() {
    assertThat(
            rows(
                "SELECT t.id, r.rate FROM trades t ASOF JOIN rates r MATCH_CONDITION t.at >="
                    + " r.valid_from ON t.k = r.k WHERE r.rate < 2 ORDER BY t.id"))
        .containsExactly("1 1");
  }

  @Test
  void aTemporalJoinTakesTheVersionOfItsTime() {
    db.execute(
        "CREATE VIEW v AS SELECT t.id, r.rate FROM trades AS t"
            + " JOIN rates FOR SYSTEM_TIME AS OF t.at AS r ON r.k = t.k");
    assertThat(rows("SELECT * FROM v ORDER BY id")).containsExactly("1 1", "2 2");
    db.execute("UPDATE rates SET rate = 9 WHERE rate = 2");
    assertThat(rows("SELECT * FROM v ORDER BY id")).containsExactly("1 1", "2 9");
    assertThat(
            rows(
                "SELECT t.id, r.rate FROM trades AS t LEFT JOIN rates FOR SYSTEM_TIME AS OF t.at AS"
                    + " r ON r.k = t.k ORDER BY t.id"))
        .containsExactly("1 1", "2 9", "3 null", "4 null", "5 null");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "JOIN current_rates FOR SYSTEM_TIME AS OF t.at AS r ON r.k = t.k|Keep the versions",
        "JOIN rates FOR SYSTEM_TIME AS OF PROCTIME() AS r ON r.k = t.k|Use a plain JOIN",
        "JOIN rates FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP AS r ON r.k = t.k|Use a plain JOIN",
        "RIGHT JOIN rates FOR SYSTEM_TIME AS OF t.at AS r ON r.k = t.k|JOIN and LEFT JOIN only",
        "JOIN rates FOR SYSTEM_TIME AS OF t.at AS r ON r.k = t.k AND r.rate = t.id|Keep the versions",
        "JOIN rates FOR SYSTEM_TIME AS OF t.at AS r ON r.k > t.k|equalities only",
      })
  void refusesWhereNoVersionIsKnown(String join, String reason) {
    assertThatThrownBy(() -> db.query("SELECT t.id, r.rate FROM trades AS t " + join))
        .hasMessageContaining("Cannot run")
        .hasMessageContaining(reason);
  }
}
