package dev.freshet.bench.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.bench.fuzz.CaseRun.Difference;
import dev.freshet.bench.harness.Tally;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FuzzProofTest {
  @Test
  void viewsEqualDuckDbAfterEveryStep() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Tally tally = new Tally("fuzz", 7, new PrintStream(out));
    new FuzzProof().run(List.of("--times", "20"), tally);
    assertThat(tally.holds()).as(out.toString()).isTrue();
  }

  @Test
  void tellsAViewWhoseAnswerDiffers(@TempDir Path directory) {
    // The quotient of integers is an integer in Freshet, and not in DuckDB.
    FuzzTable table = new FuzzTable("t0", List.of(new FuzzColumn("c0", Kind.INTEGER)));
    FuzzCase halves =
        new FuzzCase(
            List.of(table),
            List.of("SELECT k FROM t0", "SELECT c0 / 2 AS half FROM t0"),
            List.of(),
            List.of(
                List.of(new FuzzChange(table, 1, List.of("4"))),
                List.of(new FuzzChange(table, 2, List.of("5")))),
            new Life(
                List.of(Life.Ending.NONE, Life.Ending.NONE), false, Long.MAX_VALUE, List.of(1)));
    assertThatThrownBy(() -> new CaseRun(halves).run(directory.resolve("db")))
        .isInstanceOfSatisfying(
            Difference.class, difference -> assertThat(difference.view()).isEqualTo(1))
        .hasMessageContaining("after step");
  }
}
