package dev.freshet.bench.sourceload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.bench.harness.Tally;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

@Timeout(300)
class CaptureProofTest {
  private static Origins origins;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Tally tally =
      new Tally("capture", 11, new PrintStream(out, true, StandardCharsets.UTF_8));

  @BeforeAll
  static void open() {
    origins = new Origins();
  }

  @AfterAll
  static void close() {
    origins.close();
  }

  private CaptureProof.Sums prove(Kind kind, int cases, Planted planted) throws Exception {
    SplittableRandom random = new SplittableRandom(tally.seed());
    return CaptureProof.prove(kind, origins, random, Duration.ZERO, cases, planted, tally);
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /**
   * Debezium's engine takes seconds for each life: MySQL is only in the command. What judges it is
   * what judges the others.
   */
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "MYSQL")
  void holds(Kind kind) throws Exception {
    prove(kind, kind == Kind.JDBC_POLL || kind == Kind.KAFKA ? 1 : 2, Planted.NOTHING);
    assertThat(tally.holds()).as(said()).isTrue();
  }

  /**
   * Of rows that are asked for, those of the lost ones show that have not changed since. Of made-up
   * ones each is the last of its row, so that the wait for it takes long; so does that for a topic.
   */
  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"MYSQL", "GENERATOR", "KAFKA"})
  void failsWhenAChangeSetIsLost(Kind kind) throws Exception {
    prove(kind, 5, Planted.LOSES_A_CHANGE_SET);
    assertThat(tally.holds()).isFalse();
    assertThat(said()).containsAnyOf("did not come", "the log has");
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "MYSQL")
  void failsWhenAChangeSetComesTwice(Kind kind) throws Exception {
    prove(kind, 1, Planted.REPEATS_A_CHANGE_SET);
    assertThat(tally.holds()).isFalse();
    assertThat(said()).contains("came behind change");
  }

  /** What was read before is read again, be it messages, files, requests or made-up rows. */
  @ParameterizedTest
  @EnumSource(names = {"KAFKA", "FILES", "HTTP", "GENERATOR"})
  void failsWhenASourceForgetsItsPlace(Kind kind) throws Exception {
    prove(kind, 5, Planted.FORGETS_ITS_PLACE);
    assertThat(tally.holds()).isFalse();
    assertThat(said()).containsAnyOf("came behind change", "was written again");
  }

  @Test
  void failsWhenItTestedLessThanItSays() throws Exception {
    prove(Kind.POSTGRES, 0, Planted.NOTHING).requireEnough(Kind.POSTGRES, tally);
    assertThat(said()).contains("postgres: too little was tested");
  }

  @Test
  void refusesAKindThatItDoesNotKnow() {
    assertThatThrownBy(() -> new CaptureProof().run(List.of("--source", "paper"), tally))
        .hasMessageContaining(
            "Invalid --source: paper; give one of postgres, trigger, jdbc-poll, mysql, kafka, files,"
                + " http, generator");
  }
}
