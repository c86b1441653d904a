package dev.freshet.bench.sourceload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.sourceload.CaptureProof.Kind;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(300)
class CaptureProofTest {
  @TempDir static Path folder;
  private static EmbeddedPostgres server;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Tally tally =
      new Tally("capture", 11, new PrintStream(out, true, StandardCharsets.UTF_8));

  @BeforeAll
  static void startServer() {
    server = EmbeddedPostgres.start(folder.resolve("postgres"), PostgresOptions.fast());
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  private CaptureProof.Sums prove(Kind kind, int cases, Planted planted) throws Exception {
    SplittableRandom random = new SplittableRandom(tally.seed());
    return CaptureProof.prove(kind, server, random, Duration.ZERO, cases, planted, tally);
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void holdsForChangesByReplication() throws Exception {
    prove(Kind.POSTGRES, 2, Planted.NOTHING);
    assertThat(tally.holds()).as(said()).isTrue();
  }

  @Test
  void holdsForChangesThatTriggersWriteDown() throws Exception {
    prove(Kind.TRIGGER, 2, Planted.NOTHING);
    assertThat(tally.holds()).as(said()).isTrue();
  }

  @Test
  void holdsForRowsThatAreAskedFor() throws Exception {
    prove(Kind.JDBC_POLL, 1, Planted.NOTHING);
    assertThat(tally.holds()).as(said()).isTrue();
  }

  /** Of rows that are asked for, those of the lost ones show that have not changed since. */
  @ParameterizedTest
  @EnumSource
  void failsWhenAChangeSetIsLost(Kind kind) throws Exception {
    prove(kind, 5, Planted.LOSES_A_CHANGE_SET);
    assertThat(tally.holds()).isFalse();
    assertThat(said()).containsAnyOf("did not come", "the log has");
  }

  @ParameterizedTest
  @EnumSource
  void failsWhenAChangeSetComesTwice(Kind kind) throws Exception {
    prove(kind, 1, Planted.REPEATS_A_CHANGE_SET);
    assertThat(tally.holds()).isFalse();
    assertThat(said()).contains("came behind change");
  }

  @Test
  void failsWhenItTestedLessThanItSays() throws Exception {
    prove(Kind.POSTGRES, 0, Planted.NOTHING).requireEnough(Kind.POSTGRES, tally);
    assertThat(said()).contains("postgres: too little was tested");
  }

  @Test
  void refusesAKindThatItDoesNotKnow() {
    assertThatThrownBy(() -> new CaptureProof().run(List.of("--source", "paper"), tally))
        .hasMessageContaining("Invalid --source: paper; give one of postgres, trigger, jdbc-poll");
  }
}
