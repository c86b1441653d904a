package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.contracts.Ledger;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.port.Clock;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.database.step.Step;
import dev.freshet.engine.Engine;
import dev.freshet.engine.RelationDelta;
import dev.freshet.engine.StepResult;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelationMetersTest {
  private static final long STARTED_MICROS = 1_000_000_000L;
  private static final Schema SCHEMA = Schema.of(Column.notNull("id", Simple.BIGINT));

  private final FixedClock clock = new FixedClock(STARTED_MICROS);
  private final RelationMeters meters = new RelationMeters(clock, STARTED_MICROS);

  private static final class FixedClock implements Clock {
    private long micros;

    FixedClock(long micros) {
      this.micros = micros;
    }

    @Override
    public long nanos() {
      return micros * 1_000;
    }

    @Override
    public long wallMicros() {
      return micros;
    }
  }

  @Test
  void measuresFromTheCommitToTheStep() {
    clock.micros = STARTED_MICROS + 1_000_000;
    meters.onStep(stepOfRowsCommittedAt(STARTED_MICROS + 960_000));

    assertThat(meters.of("t").latencies().millisAt(50)).isBetween(39.0, 41.0);
  }

  @Test
  void leavesOutWhatWasCommittedWhileItWasDown() {
    clock.micros = STARTED_MICROS + 1_000_000;
    meters.onStep(stepOfRowsCommittedAt(STARTED_MICROS - 3_600_000_000L, STARTED_MICROS - 1));
    assertThat(meters.of("t").latencies().millisAt(99)).isEqualTo(-1);
    assertThat(meters.of("t").changes().total()).isEqualTo(1);

    meters.onStep(stepOfRowsCommittedAt(STARTED_MICROS - 1, STARTED_MICROS + 990_000));
    assertThat(meters.of("t").latencies().millisAt(99)).isBetween(9.0, 11.0);
  }

  private static Step stepOfRowsCommittedAt(long... commits) {
    Batch rows = new BatchBuilder(SCHEMA, 1).row(1, 1L).build();
    Batch none = new BatchBuilder(Engine.ERROR_SCHEMA, 0).build();
    List<Step.Input> inputs =
        Arrays.stream(commits)
            .mapToObj(commit ->
                new Step.Input(
                    0,
                    new ChangeSet(
                        "s", new byte[0], commit, commit, 1, ChangeSet.Part.LAST, List.of())))
            .toList();
    return new Step(
        new StepResult(1, 0, List.of(new RelationDelta("t", rows, none)), 1),
        inputs,
        List.of(),
        Ledger.EMPTY);
  }
}
