package dev.freshet.bench.logictest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.logictest.Counts.Mode;
import dev.freshet.bench.logictest.ScriptRecord.Expected;
import dev.freshet.bench.logictest.ScriptRecord.Query;
import dev.freshet.bench.logictest.ScriptRecord.Statement;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogicTestProofTest {
  private static final String ALL_BUT_WIDE_JOINS =
      "{evidence/**,index/**,random/**,select[1-4].test}";

  private static final String SCRIPT =
      """
      # a comment
      statement ok
      CREATE TABLE t(a INTEGER, x FLOAT, name TEXT)

      statement ok
      INSERT INTO t(name, a) VALUES('one', 1), ('(two', 2)

      statement ok
      INSERT INTO t VALUES(1, 0.5, '')

      onlyif mysql # another syntax
      query I rowsort
      SELECT 7 DIV 2
      ----
      3

      skipif mysql # not there
      query IRT rowsort
      SELECT a, x, name FROM t
      ----
      1
      0.500
      (empty)
      1
      NULL
      one
      2
      NULL
      (two

      query I nosort
      SELECT a FROM t
       ORDER BY a DESC
      ----
      3 values hashing to 4b0f1d8c9e5e6d0ac1d6f1d1cf0f1a3b

      statement error
      INSERT INTO nowhere VALUES(1)

      halt

      query I nosort
      SELECT nothing
      ----
      """;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Tally tally = new Tally("sqllogictest", 5, new PrintStream(out, true));

  /** Of joins of up to 64 tables there are few: one takes as long as a hundred others. */
  @Test
  void queriesHold() throws Exception {
    prove("--queries", "15000", "--mode", "oneshot", "--files", ALL_BUT_WIDE_JOINS);
    prove("--queries", "20", "--mode", "oneshot", "--files", "select5.test");
  }

  @Test
  void viewsHoldUnderChanges() throws Exception {
    prove("--queries", "1000", "--mode", "maintained", "--files", ALL_BUT_WIDE_JOINS);
  }

  private void prove(String... options) throws Exception {
    new LogicTestProof().run(List.of(options), tally);
    assertThat(tally.holds()).as(out.toString(StandardCharsets.UTF_8)).isTrue();
  }

  @Test
  void readsRecordsAndLeavesOutThoseForOthers() throws IOException {
    ScriptReader reader = reader(SCRIPT);
    List<ScriptRecord> records = reader.read();
    assertThat(records).hasSize(6);
    assertThat(reader.forOthers()).isEqualTo(1);
    assertThat(records.get(0)).isInstanceOf(Statement.class);
    assertThat(records.get(3))
        .isInstanceOfSatisfying(
            Query.class,
            query -> {
              assertThat(query.line()).isEqualTo(18);
              assertThat(query.notFor()).containsExactly("mysql");
              assertThat(query.expected())
                  .isEqualTo(
                      new Expected.Values(
                          List.of(
                              "1", "0.500", "(empty)", "1", "NULL", "one", "2", "NULL", "(two")));
            });
    assertThat(records.get(4))
        .isInstanceOfSatisfying(
            Query.class,
            query -> assertThat(query.sql()).isEqualTo("SELECT a FROM t\n ORDER BY a DESC"));
  }

  @Test
  void tellsWhatHoldsAndWhatDiffers() throws IOException {
    run(SCRIPT);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .containsPattern("FAILED case 2, seed -?\\d+: one-shot, a.test line 31: SELECT a FROM t")
        .contains("answered 3 values hashing to")
        .doesNotContain("case 5");
  }

  @Test
  void tellsAViewThatDiffers() throws IOException {
    run(
        """
        statement ok
        CREATE TABLE t(a INTEGER)

        statement ok
        INSERT INTO t VALUES(1), (1), (2)

        query I valuesort
        SELECT a + 1 FROM t
        ----
        2
        3
        """);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("maintained, a.test line 7: SELECT a + 1 FROM t")
        .contains("expected [2, 3], answered [2, 2, 3]");
  }

  @Test
  void countsWhatOnlySqliteHas() throws IOException {
    Counts counts =
        run(
            """
            statement ok
            CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT)

            statement ok
            CREATE INDEX i ON t(b)

            statement ok
            REPLACE INTO t VALUES(1, 'x')

            query T valuesort
            SELECT b FROM t
            ----
            x
            """);
    assertThat(counts.table())
        .contains("statements not ours, CREATE INDEX, DROP INDEX, REINDEX: 1")
        .contains("statements not ours, INSERT OR REPLACE, REPLACE INTO: 1")
        .contains("queries one-shot not ours, INSERT OR REPLACE, REPLACE INTO: 1")
        .contains("queries maintained not ours, INSERT OR REPLACE, REPLACE INTO: 1");
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  private Counts run(String script) throws IOException {
    Counts counts = new Counts(tally);
    BitSet all = new BitSet();
    all.set(0, 100);
    Corpus.Script parsed = new Corpus.Script("a.test", reader(script).read(), 0);
    new ScriptRun(parsed, all, EnumSet.allOf(Mode.class), 5, counts).run();
    return counts;
  }

  private static ScriptReader reader(String script) {
    return new ScriptReader("a.test", new BufferedReader(new StringReader(script)));
  }
}
