package dev.freshet.bench.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class CutDiskTest {
  /** A machine that lacks nothing and still cannot must not pass for one that lacks something. */
  @Test
  void isSkippedOnlyForWantOfProgramsOrRights() throws Exception {
    String reason = CutDisk.cannotRun();
    if (reason.isEmpty()) {
      assertThatThrownBy(() -> CutDisk.cannotRun(0))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("mkfs.ext4");
    } else {
      assertThat(reason).containsAnyOf("on the PATH", "no right to mount", "no /dev/loop-control");
      assertThat(CutDisk.cannotRun(0)).as("found before anything is made").isEqualTo(reason);
    }
  }
}
