package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecursiveQueriesTest {
  private static final String REACHED =
      "WITH RECURSIVE reached (node) AS ("
          + " SELECT 1 UNION SELECT e.target FROM reached AS r JOIN edges AS e ON e.source = r.node)"
          + " SELECT node FROM reached";

  @TempDir Path directory;
  private Freshet db;

  @BeforeEach
  void open() {
    db = Freshet.open(directory);
    db.execute("CREATE TABLE edges (source INTEGER, target INTEGER, PRIMARY KEY (source, target))");
  }

  @AfterEach
  void close() {
    db.close();
  }

  private List<String> rows(String sql) {
    return new ArrayList<>(new TreeSet<>(db.query(sql).stream().map(Row::toString).toList()));
  }

  private List<Long> nodes(String view) {
    return db.query("SELECT node FROM " + view + " ORDER BY node").stream()
        .map(row -> (Long) row.values()[0])
        .toList();
  }

  private void edges(String values) {
    db.execute("INSERT INTO edges VALUES " + values);
  }

  @Test
  void aCycleThatNothingReachesAnyMoreGoes() {
    db.execute("CREATE VIEW reached AS " + REACHED);
    edges("(1, 2), (2, 3), (3, 4), (4, 2), (9, 10)");
    assertThat(nodes("reached")).containsExactly(1L, 2L, 3L, 4L);
    db.execute("DELETE FROM edges WHERE source = 1");
    assertThat(nodes("reached")).containsExactly(1L);
    edges("(1, 3)");
    assertThat(nodes("reached")).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void aRowStaysWhileAnotherWayLeadsToIt() {
    edges("(1, 2), (2, 3), (1, 4), (4, 5), (5, 3), (3, 6)");
    db.execute("CREATE VIEW reached AS " + REACHED);
    db.execute("DELETE FROM edges WHERE source = 2");
    assertThat(nodes("reached")).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    db.execute("DELETE FROM edges WHERE source = 5");
    assertThat(nodes("reached")).containsExactly(1L, 2L, 4L, 5L);
  }

  @Test
  void anotherProcessGoesOnWithIt() {
    edges("(1, 2), (2, 3), (3, 1)");
    db.execute("CREATE VIEW reached AS " + REACHED);
    db.close();
    db = Freshet.open(directory);
    db.execute("DELETE FROM edges WHERE source = 2");
    assertThat(nodes("reached")).containsExactly(1L, 2L);
  }

  @Test
  void duplicatesCountWithUnionAll() {
    edges("(1, 2), (1, 3), (2, 4), (3, 4)");
    db.execute(
        "CREATE VIEW walks AS WITH RECURSIVE walks (node, steps) AS ("
            + " SELECT 1, 0 UNION ALL"
            + " SELECT e.target, w.steps + 1 FROM walks w, edges e WHERE e.source = w.node)"
            + " SELECT node, steps, COUNT(*) AS ways FROM walks GROUP BY node, steps");
    assertThat(rows("SELECT * FROM walks WHERE node = 4"))
        .hasSize(1)
        .first()
        .asString()
        .contains("2");
    db.execute("DELETE FROM edges WHERE source = 3");
    assertThat(db.query("SELECT ways FROM walks WHERE node = 4").single().values()[0])
        .isEqualTo(1L);
  }

  @Test
  void endlessRowsAreErrorsUntilTheDataIsRight() {
    db.execute(
        "CREATE VIEW walks AS WITH RECURSIVE walks (node) AS ("
            + " SELECT 1 UNION ALL SELECT e.target FROM walks w, edges e WHERE e.source = w.node)"
            + " SELECT node, COUNT(*) AS n FROM walks GROUP BY node");
    edges("(1, 2), (2, 1)");
    assertThat(db.query("SELECT SUM(n) FROM walks").single().values()[0].toString())
        .isEqualTo("10001");
    assertThat(db.errors("walks").stream().map(Row::toString).toList())
        .singleElement()
        .asString()
        .contains("10000 iterations");
    db.execute("DELETE FROM edges WHERE source = 2");
    assertThat(db.errors("walks").stream().toList()).isEmpty();
    assertThat(db.query("SELECT SUM(n) FROM walks").single().values()[0].toString()).isEqualTo("2");
    edges("(1, 1)");
    assertThat(db.errors("walks").stream().toList()).isNotEmpty();
    assertThatThrownBy(() ->
            db.query(
                "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT * FROM n"))
        .hasMessageContaining("10000 iterations");
  }

  @Test
  void rowsThatDoubleStopAtTheLimit() {
    db.execute(
        "CREATE VIEW doubled AS WITH RECURSIVE d (x) AS ("
            + " SELECT source FROM edges UNION ALL SELECT d.x FROM d, (VALUES (1), (2)) AS t (two))"
            + " SELECT x, COUNT(*) AS n FROM d GROUP BY x");
    edges("(1, 2)");
    assertThat(db.errors("doubled").stream().map(Row::toString).toList())
        .singleElement()
        .asString()
        .contains("10000000 rows");
    assertThat(db.query("SELECT n FROM doubled").single().values()[0]).isEqualTo((1L << 24) - 1);
    edges("(3, 4)");
    assertThat(db.query("SELECT SUM(n) FROM doubled").single().values()[0].toString())
        .isEqualTo("" + 2 * ((1L << 23) - 1));
    db.execute("DELETE FROM edges WHERE source = 1");
    assertThat(db.query("SELECT n FROM doubled").single().values()[0]).isEqualTo((1L << 24) - 1);
    db.execute("DELETE FROM edges WHERE source = 3");
    assertThat(db.errors("doubled").stream().toList()).isEmpty();
    assertThat(rows("SELECT * FROM doubled")).isEmpty();
  }

  @Test
  void widensToTheTypesOfBothParts() {
    assertThat(
            rows(
                "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL"
                    + " SELECT x + CAST(1 AS BIGINT) FROM n WHERE x < 3) SELECT * FROM n"))
        .hasSize(3);
    assertThat(
            rows(
                "WITH RECURSIVE r (x, y) AS (SELECT source, target FROM edges UNION"
                    + " SELECT r.y, NULLIF(r.x, 1) FROM r WHERE r.y IS NOT NULL) SELECT * FROM r"))
        .isEmpty();
  }

  @Test
  void mayReadItsOwnRowsTwice() {
    edges("(1, 2), (2, 3), (3, 4), (4, 5)");
    db.execute(
        "CREATE VIEW paths AS WITH RECURSIVE p (a, b) AS (SELECT source, target FROM edges UNION"
            + " SELECT p.a, q.b FROM p JOIN p AS q ON p.b = q.a) SELECT * FROM p");
    assertThat(rows("SELECT * FROM paths")).hasSize(10);
    db.execute("DELETE FROM edges WHERE source = 2");
    assertThat(rows("SELECT * FROM paths")).hasSize(4);
  }

  @Test
  void namesAreThoseOfTheQueryAround() {
    edges("(1, 2), (2, 3)");
    assertThat(
            rows(
                "WITH RECURSIVE back AS (SELECT target AS a, source AS b FROM edges),"
                    + " edges (x) AS (SELECT 3 UNION SELECT b FROM edges, back WHERE back.a = edges.x)"
                    + " SELECT * FROM edges"))
        .hasSize(3);
    assertThat(
            rows(
                "SELECT * FROM edges WHERE source IN (WITH RECURSIVE r (x) AS (WITH one AS (SELECT"
                    + " 1 AS x) SELECT x FROM one UNION SELECT target FROM r, edges WHERE source ="
                    + " r.x) SELECT x FROM r)"))
        .hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "r (x) AS (SELECT 1 UNION SELECT MAX(x) + 1 FROM r)|It aggregates its own rows",
        "r (x) AS (SELECT 1 UNION SELECT target FROM edges WHERE source NOT IN (SELECT x FROM r))|not there",
        "r (x) AS (SELECT 1 UNION SELECT target FROM edges LEFT JOIN r ON source = x)|not there",
        "r (x) AS (SELECT 1 UNION ALL SELECT a.x FROM r a, r b WHERE a.x = b.x)|Use UNION",
        "r (x) AS (SELECT x FROM r)|first rows UNION",
        "r (x) AS (SELECT x FROM r UNION SELECT x FROM r)|without reading it",
        "r (x) AS (SELECT y FROM s), s (y) AS (SELECT 1 UNION SELECT x FROM r)|stands after it",
        "r (x) AS (SELECT 1 UNION SELECT x FROM (SELECT x FROM r ORDER BY x LIMIT 1))|LIMIT",
        "r (x) AS (SELECT 1 UNION SELECT 'a' FROM r)|different number or types",
        "r (x) AS (SELECT 1 UNION SELECT x FROM r EXCEPT SELECT x FROM r)|first rows UNION",
      })
  void refusesWhatHasNoLeastAnswer(String query, String reason) {
    assertThatThrownBy(() -> db.query("WITH RECURSIVE " + query + " SELECT * FROM r"))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("recursive query r")
        .hasMessageContaining(reason)
        .satisfies(e ->
            assertThat(((FreshetException) e).code())
                .isIn(ErrorCode.SQL_UNSUPPORTED, ErrorCode.SQL_INVALID));
  }
}
