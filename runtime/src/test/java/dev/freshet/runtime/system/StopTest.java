package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.testing.simulation.HangingDisk;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stop takes seconds, whoever does not answer. */
@Timeout(120)
class StopTest {
  private static final String ROW = "{\"id\": 1, \"name\": \"ada\"}";

  @TempDir private Path folder;

  @Test
  void savesTheStateThoughASinkWaitsForItsReceiver() throws Exception {
    try (HttpProject project = HttpProject.create(folder);
        ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      project.write(
          "sinks/db.yaml",
          "kind: postgres\nmodel: users\ntimeout: 60s\nurl: postgres://u@127.0.0.1:"
              + silent.getLocalPort()
              + "/d\n");
      project.start();
      assertThat(project.post("users", HttpProject.JSON, ROW).statusCode()).isEqualTo(200);
      long begin = System.nanoTime();
      project.stop();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
      try (Stream<Path> saved = Files.list(folder.resolve(".freshet/engine"))) {
        assertThat(saved).isNotEmpty();
      }
    }
  }

  /** Until it does it may still write, so nobody else may. */
  @Test
  void leavesADiskThatDoesNotAnswerAndItsFolderLocked() throws Exception {
    AtomicReference<HangingDisk> disk = new AtomicReference<>();
    try (HttpProject files = HttpProject.create(folder)) {
      Project project = ProjectReader.read(folder, Map.of(), "");
      FreshetSystem system =
          new SystemStart(
                  project,
                  Restart.none(Duration.ofSeconds(1)),
                  storage -> {
                    disk.set(new HangingDisk(storage));
                    return disk.get();
                  })
              .start();
      disk.get().hang();
      assertThatThrownBy(system::close)
          .isInstanceOf(FreshetException.class)
          .hasMessageContaining("Stopped without saving the state")
          .extracting(e -> ((FreshetException) e).code())
          .isEqualTo(ErrorCode.TIMED_OUT);
      assertThatThrownBy(files::start).hasMessageContaining("another");
      assertThat(system.hasEnded()).isFalse();
      disk.get().goOn();
      while (!system.hasEnded()) {
        LockSupport.parkNanos(10_000_000);
      }
      files.start();
    }
  }
}
