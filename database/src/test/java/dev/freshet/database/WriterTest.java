package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.database.step.Pipeline;
import dev.freshet.database.step.PipelineSettings;
import dev.freshet.engine.Engine;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.log.embedded.RetentionPolicy;
import dev.freshet.testing.simulation.HangingDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WriterTest {
  @TempDir private Path directory;

  @Test
  void waitsForADiskThatHangsWhileTheLogForgets() throws Exception {
    HangingDisk disk = new HangingDisk(new LocalStorage(directory));
    LogSettings settings =
        LogSettings.DEFAULT
            .withSegmentBytes(1)
            .withRetention(RetentionPolicy.NOTHING)
            .withPatienceNanos(1_000_000_000);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (threads;
        EmbeddedLog log = EmbeddedLog.open(disk, "log", Clock.system(), settings);
        Engine engine = Engine.restore(disk, "engine");
        Pipeline pipeline = new Pipeline(log, engine, PipelineSettings.DEFAULT, Clock.system())) {
      try {
        Writer writer = new Writer(log, pipeline, Clock.system());
        writer.commit(List.of());
        writer.commit(List.of());
        disk.hang();
        Future<?> forgetting = threads.submit(() -> log.retain(log.durableOffset()));
        disk.awaitSync();

        Future<Long> commit = threads.submit(() -> writer.commit(List.of()));
        Thread.sleep(2_500); // longer than the log's patience
        assertThat(commit).isNotDone();
        disk.goOn();
        assertThat(commit.get()).isEqualTo(3);
        assertThat(writer.isFailed()).isFalse();
        assertThat(log.durableOffset()).isEqualTo(3);
        forgetting.get();
      } finally {
        disk.goOn();
      }
    }
  }
}
