package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatementsTest {
  @TempDir Path directory;
  private Freshet db;

  @BeforeEach
  void open() {
    db = Freshet.open(directory);
    db.execute(
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name VARCHAR NOT NULL, size TINYINT, price"
            + " DECIMAL(6, 2))");
    db.execute("INSERT INTO items VALUES (1, 'one', 1, 1.00), (2, 'two', 2, 2.00)");
  }

  @AfterEach
  void close() {
    db.close();
  }

  private List<String> items() {
    return db.query("SELECT id, name FROM items ORDER BY id").stream().map(Row::toString).toList();
  }

  /** Nothing was applied, whatever failed. */
  private void fails(ThrowingCallable call, ErrorCode code, String... parts) {
    List<String> before = items();
    long step = db.step();
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(FreshetException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContainingAll(parts);
    assertThat(items()).isEqualTo(before);
    assertThat(db.step()).isEqualTo(step);
    assertThat(db.execute("UPDATE items SET size = 9 WHERE id = 1").rows()).isEqualTo(1);
  }

  @Test
  void anArrayOverNoRowsIsNullInConditionsToo() {
    assertThat(
            db
                .query(
                    "SELECT a IS NULL AS none, ARRAY_JOIN(a, '+') LIKE '%' AS x FROM (SELECT"
                        + " ARRAY_AGG(name) AS a FROM items WHERE id < 0 GROUP BY ROLLUP (size))")
                .stream()
                .map(Row::toString))
        .containsExactly("{none=true, x=null}");
  }

  @Test
  void jsonOverNoRowsIsNullInConditionsToo() {
    assertThat(
            db
                .query(
                    "SELECT a IS NULL AS a, o IS NULL AS o FROM (SELECT JSON_ARRAYAGG(name) AS a,"
                        + " JSON_OBJECTAGG(KEY name VALUE size) AS o FROM items WHERE id < 0)")
                .stream()
                .map(Row::toString))
        .containsExactly("{a=true, o=true}");
  }

  @Test
  void tellsInSqlWhatEachOperatorHolds() {
    db.execute("CREATE VIEW sizes AS SELECT size, COUNT(*) AS n FROM items GROUP BY size");
    db.execute("INSERT INTO items VALUES (3, 'three', 2, 2.00)");

    assertThat(
            db
                .query(
                    "SELECT operator, rows_in, state_rows, ARRAY_CONTAINS(views, 'sizes') AS ours"
                        + " FROM freshet_operators WHERE operator = 'aggregate'")
                .stream()
                .map(Row::toString))
        .containsExactly("{operator=aggregate, rows_in=3, state_rows=2, ours=true}");
    assertThat(
            db.query("SELECT SUM(memory_bytes) AS bytes FROM freshet_operators").stream()
                .map(row -> row.longValue("bytes")))
        .allMatch(bytes -> bytes > 0);
    try (Transaction transaction = db.begin()) {
      assertThat(transaction.query("SELECT id FROM freshet_operators").stream()).isNotEmpty();
    }
    fails(
        () -> db.execute("CREATE VIEW v AS SELECT id FROM freshet_operators"),
        ErrorCode.SQL_INVALID,
        "freshet_operators");
  }

  @Test
  void everyWriteMovesTheStepAndIsVisible() {
    long before = db.step();
    WriteResult inserted = db.execute("INSERT INTO items (name, id) VALUES ('three', 3)");
    assertThat(inserted.rows()).isEqualTo(1);
    assertThat(inserted.step()).isGreaterThan(before).isEqualTo(db.step());
    assertThat(db.query("SELECT * FROM items WHERE id = 3").step()).isEqualTo(inserted.step());
    assertThat(db.find("items", 3).orElseThrow().isNull("price")).isTrue();
  }

  @Test
  void updatesAndDeletesCountTheirRows() {
    assertThat(db.execute("UPDATE items SET price = price + 1").rows()).isEqualTo(2);
    assertThat(db.execute("UPDATE items SET price = 0 WHERE id = 7").rows()).isZero();
    assertThat(db.execute("DELETE FROM items WHERE price > 2.5").rows()).isEqualTo(1);
    assertThat(items()).containsExactly("{id=1, name=one}");
  }

  @Test
  void anUpdateMayShiftKeys() {
    assertThat(db.execute("UPDATE items SET id = id + 1").rows()).isEqualTo(2);
    assertThat(items()).containsExactly("{id=2, name=one}", "{id=3, name=two}");
  }

  @Test
  void anUpdateOntoAnotherRowIsRefused() {
    fails(
        () -> db.execute("UPDATE items SET id = 2 WHERE id = 1"),
        ErrorCode.ALREADY_EXISTS,
        "items",
        "id = 2");
  }

  @Test
  void insertsFromAQuery() {
    db.execute("CREATE TABLE copies (id INTEGER PRIMARY KEY, name VARCHAR)");
    assertThat(db.execute("INSERT INTO copies SELECT id + 10, name FROM items").rows())
        .isEqualTo(2);
    assertThat(db.query("SELECT COUNT(*) AS n FROM copies WHERE id > 10").single().longValue("n"))
        .isEqualTo(2);
  }

  @Test
  void refusesAKeyThatIsThere() {
    fails(
        () -> db.execute("INSERT INTO items VALUES (3, 'three', 3, 3.00), (2, 'again', 2, 2.00)"),
        ErrorCode.ALREADY_EXISTS,
        "items",
        "id = 2",
        "Nothing was applied");
  }

  @Test
  void refusesAKeyTwiceInOneStatement() {
    fails(
        () -> db.execute("INSERT INTO items VALUES (3, 'three', 3, 3.00), (3, 'three', 3, 3.00)"),
        ErrorCode.ALREADY_EXISTS,
        "id = 3");
  }

  @Test
  void refusesNullWhereNotNull() {
    fails(
        () ->
            db.execute(
                "INSERT INTO items SELECT 3, NULLIF(name, 'one'), 3, 3 FROM items WHERE id = 1"),
        ErrorCode.CONTRACT_VIOLATED,
        "items",
        "name",
        "NOT NULL");
  }

  @Test
  void refusesAValueOutOfRange() {
    fails(
        () -> db.execute("INSERT INTO items SELECT id + 2, name, id + 300, price FROM items"),
        ErrorCode.VALUE_INVALID,
        "TINYINT");
  }

  @Test
  void refusesAConstantOutOfRange() {
    fails(
        () -> db.execute("INSERT INTO items VALUES (3, 'three', 300, 3.00)"),
        ErrorCode.VALUE_INVALID,
        "300",
        "TINYINT");
  }

  @Test
  void pointsIntoBadSql() {
    fails(() -> db.execute("INSRT INTO items VALUES (1)"), ErrorCode.SQL_SYNTAX, "1:1", "INSRT");
    fails(() -> db.query("SELECT nme FROM items"), ErrorCode.SQL_INVALID, "1:8", "nme", "name");
    fails(() -> db.query("SELECT * FROM itms"), ErrorCode.SQL_INVALID, "itms", "items");
    fails(() -> db.execute("DELETE FROM nothing"), ErrorCode.SQL_INVALID, "nothing");
  }

  @Test
  void tellsQueriesFromChanges() {
    fails(() -> db.execute("SELECT 1"), ErrorCode.REQUEST_INVALID, "query(sql)");
    fails(() -> db.query("DELETE FROM items"), ErrorCode.REQUEST_INVALID, "execute(sql)");
  }

  @Test
  void refusesATableWithoutKey() {
    fails(
        () -> db.execute("CREATE TABLE log (line VARCHAR)"),
        ErrorCode.TABLE_WITHOUT_KEY,
        "PRIMARY KEY");
  }

  @Test
  void refusesANameThatIsTaken() {
    fails(
        () -> db.execute("CREATE TABLE items (id INTEGER PRIMARY KEY)"),
        ErrorCode.ALREADY_EXISTS,
        "items");
    assertThat(db.execute("CREATE TABLE IF NOT EXISTS items (id INTEGER PRIMARY KEY)").step())
        .isEqualTo(db.step());
    assertThat(db.schema("items").columnCount()).isEqualTo(4);
  }

  @Test
  void refusesToDropWhatAViewReads() {
    db.execute("CREATE VIEW names AS SELECT name FROM items");
    fails(() -> db.execute("DROP TABLE items"), ErrorCode.REQUEST_INVALID, "items", "names");
    fails(() -> db.execute("DROP VIEW items"), ErrorCode.NOT_FOUND, "items");
    fails(() -> db.execute("DROP TABLE nothing"), ErrorCode.NOT_FOUND, "nothing");
    db.execute("DROP VIEW names");
    db.execute("DROP VIEW IF EXISTS names");
    db.execute("DROP TABLE items");
    assertThat(db.tables()).isEmpty();
    assertThat(db.views()).isEmpty();
    db.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name VARCHAR)");
    assertThat(items()).isEmpty();
  }

  @Test
  void refusesToChangeAView() {
    db.execute("CREATE VIEW names AS SELECT name FROM items");
    fails(
        () -> db.execute("INSERT INTO names VALUES ('x')"),
        ErrorCode.REQUEST_INVALID,
        "names",
        "view");
  }

  @Test
  void aViewHasWhatWasThereBeforeIt() {
    db.execute(
        "CREATE MATERIALIZED VIEW total (n, price) AS SELECT COUNT(*), SUM(price) FROM items");
    assertThat(db.query("SELECT * FROM total").single()).hasToString("{n=2, price=3.00}");
    db.execute("INSERT INTO items VALUES (3, 'three', 3, 3.50)");
    assertThat(db.query("SELECT * FROM total").single()).hasToString("{n=3, price=6.50}");
    assertThat(db.explain("total")).contains("items");
  }

  @Test
  void aViewIsReplaced() {
    db.execute("CREATE VIEW v AS SELECT name FROM items");
    db.execute("CREATE OR REPLACE VIEW v AS SELECT id FROM items WHERE id > 1");
    assertThat(db.query("SELECT * FROM v").single()).hasToString("{id=2}");
    db.execute("CREATE VIEW w AS SELECT * FROM v");
    fails(
        () -> db.execute("CREATE OR REPLACE VIEW v AS SELECT name FROM items"),
        ErrorCode.REQUEST_INVALID,
        "w");
    fails(
        () -> db.execute("CREATE OR REPLACE VIEW w AS SELECT * FROM w"),
        ErrorCode.SQL_INVALID,
        "itself");
  }

  @Test
  void showsRowsThatAViewCannotCompute() {
    db.execute("CREATE VIEW ratio AS SELECT id, 10 / (size - 1) AS ratio FROM items");
    assertThat(db.query("SELECT * FROM ratio").rowCount()).isEqualTo(1);
    assertThat(db.errors("ratio").rowCount()).isEqualTo(1);
    db.execute("UPDATE items SET size = 6 WHERE id = 1");
    assertThat(db.errors("ratio").rowCount()).isZero();
    assertThat(db.lookup("ratio", 1).single().longValue("ratio")).isEqualTo(2);
  }

  @Test
  void showsThePlanOfAQuery() {
    assertThat(db.query("EXPLAIN SELECT name FROM items WHERE id = 1").stream().map(r -> r.text(0)))
        .anyMatch(line -> line.contains("items"));
  }

  @Test
  void refusesEverythingOnceClosed() {
    db.close();
    db.close();
    assertThatThrownBy(() -> db.query("SELECT 1"))
        .hasMessageContaining("closed")
        .isInstanceOfSatisfying(
            FreshetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_RUNNING));
    assertThatThrownBy(() -> db.execute("DELETE FROM items")).hasMessageContaining("closed");
    assertThatThrownBy(() -> db.begin()).hasMessageContaining("closed");
  }

  @Test
  void refusesADirectoryThatIsOpen() {
    assertThatThrownBy(() -> Freshet.open(directory))
        .isInstanceOfSatisfying(
            FreshetException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.DIRECTORY_IN_USE));
    assertThat(items()).hasSize(2);
  }

  @Test
  void aQueryOverALargeTableFindsEachRowOnce() {
    db.execute("CREATE TABLE large (id BIGINT PRIMARY KEY, name VARCHAR)");
    db.transaction(tx -> {
      for (long id = 0; id < 30_000; id++) {
        tx.insert("large", id, "name " + id % 29_999);
      }
    });
    assertThat(db.query("SELECT name || '!' AS loud FROM large WHERE name = 'name 7'")).hasSize(1);
  }

  @Test
  void countsTuplesWithoutNulls() {
    db.execute("CREATE TABLE pairs (id INTEGER PRIMARY KEY, g INTEGER, a INTEGER, b VARCHAR)");
    db.execute(
        "CREATE VIEW counts AS SELECT g, COUNT(DISTINCT a, b) AS d, COUNT(a, b) AS n,"
            + " COUNT(DISTINCT a, b) FILTER (WHERE id > 1) AS f, COUNT(*) AS c FROM pairs GROUP BY"
            + " g");
    db.execute(
        "INSERT INTO pairs VALUES (1, 1, 1, 'x'), (2, 1, 1, 'x'), (3, 1, 1, 'y'), (4, 1, NULL,"
            + " 'x'), (5, 2, 1, NULL)");
    assertThat(db.query("SELECT * FROM counts ORDER BY g").stream().map(Row::toString).toList())
        .containsExactly(
            db.query("SELECT 1 AS g, 2 AS d, 3 AS n, 2 AS f, 4 AS c").single().toString(),
            db.query("SELECT 2 AS g, 0 AS d, 0 AS n, 0 AS f, 1 AS c").single().toString());
    assertThat(
            db.query("SELECT COUNT(DISTINCT g, a), COUNT(DISTINCT a) FROM pairs").single().values())
        .containsExactly(2L, 1L);
  }

  @Test
  void aRowWhoseSubQueryGivesSeveralRowsIsAnErrorUntilThereIsOne() {
    db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, item INTEGER, text VARCHAR)");
    db.execute("INSERT INTO notes VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 3, 'c')");
    db.execute(
        "CREATE VIEW noted AS SELECT id, (SELECT n.text FROM notes AS n WHERE n.item = items.id) AS"
            + " note, (SELECT text FROM notes WHERE id = 3) AS same FROM items");
    assertThat(noted()).containsExactly("2 null c");
    assertThat(db.errors("noted").stream().map(Row::toString).toList())
        .singleElement()
        .asString()
        .contains("it gives more than one row");
    db.execute("DELETE FROM notes WHERE id = 2");
    assertThat(noted()).containsExactly("1 a c", "2 null c");
    assertThat(db.errors("noted").stream().toList()).isEmpty();
  }

  private List<String> noted() {
    return db.query("SELECT * FROM noted ORDER BY id").stream()
        .map(row -> row.values()[0] + " " + row.values()[1] + " " + row.values()[2])
        .toList();
  }
}
