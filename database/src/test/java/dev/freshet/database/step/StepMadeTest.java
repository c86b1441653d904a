package dev.freshet.database.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.crash.CrashPoint;
import dev.freshet.database.checkpoint.CheckpointSettings;
import dev.freshet.database.checkpoint.Checkpoints;
import dev.freshet.engine.Engine;
import dev.freshet.log.LogRecord;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StepMadeTest {
  /** Makes two steps and says who hears of them; checkpoints hear of them last. */
  static final class Steps {
    private Steps() {}

    public static void main(String[] arguments) {
      SimulatedClock clock = new SimulatedClock();
      SimulatedStorage storage = new SimulatedStorage(clock, new Trace(), 1);
      EmbeddedLog log = EmbeddedLog.open(storage, "log", clock, LogSettings.DEFAULT);
      Engine engine = Engine.restore(storage, "engine");
      Pipeline pipeline = new Pipeline(log, engine, PipelineSettings.DEFAULT, clock);
      pipeline.addListener(step -> System.out.println("a reader heard of step " + step.number()));
      pipeline.addListener(
          new Checkpoints(
              storage,
              "engine",
              engine,
              pipeline,
              log,
              clock,
              new CheckpointSettings(Duration.ofDays(1), 2),
              () -> Long.MAX_VALUE));
      for (int i = 0; i < 2; i++) {
        ChangeSet restart =
            new ChangeSet("shop", new byte[8], 1, 1, 0, ChangeSet.Part.RESTART, List.of());
        log.append(LogRecord.of(restart, new ByteWriter(64)));
        log.flush();
        pipeline.run();
      }
    }
  }

  @Test
  void nobodyHasHeardOfTheStepAfterWhichTheProcessDies() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                CrashPoint.STEP_MADE.option(2),
                Steps.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isEqualTo(CrashPoint.EXIT);
    assertThat(said.lines().filter(line -> line.startsWith("a reader heard")))
        .containsExactly("a reader heard of step 1");
  }
}
