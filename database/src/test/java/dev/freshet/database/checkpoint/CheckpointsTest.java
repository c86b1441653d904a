package dev.freshet.database.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.database.step.Pipeline;
import dev.freshet.database.step.PipelineSettings;
import dev.freshet.engine.Engine;
import dev.freshet.log.LogRecord;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.log.embedded.RetentionPolicy;
import dev.freshet.testing.simulation.Call;
import dev.freshet.testing.simulation.Fault;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckpointsTest {
  private final SimulatedClock clock = new SimulatedClock();
  private final SimulatedStorage storage = new SimulatedStorage(clock, new Trace(), 1);
  private final EmbeddedLog log =
      EmbeddedLog.open(
          storage,
          "log",
          clock,
          LogSettings.DEFAULT.withSegmentBytes(1).withRetention(RetentionPolicy.NOTHING));
  private final Engine engine = Engine.restore(storage, "engine");
  private final Pipeline pipeline = new Pipeline(log, engine, PipelineSettings.DEFAULT, clock);
  private final Checkpoints checkpoints = checkpoints(engine, pipeline);

  private Checkpoints checkpoints(Engine of, Pipeline steps) {
    return new Checkpoints(
        storage,
        "engine",
        of,
        steps,
        log,
        clock,
        new CheckpointSettings(Duration.ZERO, 2),
        () -> Long.MAX_VALUE);
  }

  /** Declares a transaction void, which is the smallest record that makes a step. */
  private void step() {
    ChangeSet restart =
        new ChangeSet("shop", new byte[8], 1, 1, 0, ChangeSet.Part.RESTART, List.of());
    log.append(LogRecord.of(restart, new ByteWriter(64)));
    log.flush();
    pipeline.addListener(checkpoints);
    assertThat(pipeline.run()).isEqualTo(Next.NOW);
  }

  @Test
  void savesTheStateOnceAFullDiskHasSpaceAgain() {
    step();
    storage.limitBytes(0);
    assertThat(checkpoints.run()).isInstanceOf(Next.After.class);
    assertThat(checkpoints.problem()).contains("ENOSPC");
    assertThat(checkpoints.lastStep()).isZero();
    storage.limitBytes(Long.MAX_VALUE);
    checkpoints.run();
    assertThat(checkpoints.problem()).isEmpty();
    assertThat(checkpoints.lastStep()).isEqualTo(1);
    assertThat(Engine.restore(storage, "engine").step()).isEqualTo(1);
  }

  /** A start does not wait for it, nor does the state when it fails. */
  @Test
  void deletesWhatACrashedProcessHadSpilled() {
    step();
    storage.create("engine/spill-left").close();
    Engine next = Engine.restore(storage, "engine", 1 << 20);
    Checkpoints ofNext =
        checkpoints(next, new Pipeline(log, next, PipelineSettings.DEFAULT, clock));
    assertThat(storage.list("engine")).contains("spill-left");
    storage.failCall(Call.OTHER, 1, Fault.IO_ERROR);
    assertThat(ofNext.run()).isInstanceOf(Next.After.class);
    assertThat(ofNext.problem()).contains("EIO");
    ofNext.run();
    assertThat(storage.list("engine")).doesNotContain("spill-left");
  }

  @Test
  void theLogKeepsWhatTheOldestCheckpointNeeds() {
    List<Long> starts = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      step();
      checkpoints.run();
      starts.add(log.startOffset());
    }
    assertThat(starts).containsExactly(0L, 1L, 2L, 3L, 4L);
  }

  @Test
  void triesAgainAfterAFailedSync() {
    step();
    storage.failCall(Call.SYNC, 1, Fault.IO_ERROR);
    checkpoints.run();
    assertThat(checkpoints.problem()).contains("EIO");
    checkpoints.run();
    assertThat(checkpoints.lastStep()).isEqualTo(1);
  }
}
