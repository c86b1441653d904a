package dev.freshet.bench.disk;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class CutDiskTest {
  /** A machine that lacks nothing and still cannot must not pass for one that lacks something. */
  @Test
  void isSkippedOnlyForWantOfProgramsOrRights() throws Exception {
    String reason = CutDisk.cannotRun();
    assumeTrue(reason.isEmpty(), reason);
    assertThatThrownBy(() -> CutDisk.cannotRun(0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("mkfs.ext4");
  }
}
