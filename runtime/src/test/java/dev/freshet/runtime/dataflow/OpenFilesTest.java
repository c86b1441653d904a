package dev.freshet.runtime.dataflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.runtime.history.OrdersProject;
import dev.freshet.runtime.history.OrdersProject.Run;
import dev.freshet.runtime.verify.Verification;
import dev.freshet.testing.files.OpenHandles;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A project that is started and stopped again and again in one process. */
@EnabledOnOs(OS.LINUX)
class OpenFilesTest {
  @TempDir private Path directory;

  @Test
  void aStoppedProjectHoldsNoFileOpen() throws Exception {
    OrdersProject project = new OrdersProject(directory);
    SplittableRandom random = new SplittableRandom(1);
    for (int life = 0; life < 3; life++) {
      try (Run run = project.run("state", 20, 1, OrdersProject.FORGETTING)) {
        run.append(random, 60);
        run.run();
        run.dataflow().saveAll();
        run.append(random, 20);
        run.run();
      }
      assertThat(OpenHandles.below(directory)).isEmpty();
    }
  }

  @Test
  void aVerificationHoldsNoFileOpen() throws Exception {
    OrdersProject project = new OrdersProject(directory);
    try (Run run = project.run("state", 20, 1, OrdersProject.FORGETTING)) {
      for (int i = 0; i < 2; i++) {
        run.append(new SplittableRandom(i), 100);
        run.run();
        run.dataflow().saveAll();
      }
      assertThat(run.log().startOffset()).isPositive();
    }
    Verification.run(
        directory.resolve("state"),
        project.resolved(),
        Optional.empty(),
        directory.resolve("spill"),
        _ -> {});
    assertThat(OpenHandles.below(directory)).isEmpty();
  }
}
