package dev.freshet.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CpuSharesTest {
  @Test
  void workOfOurThreadsIsOurs() {
    assumeThat(Files.isReadable(Path.of("/proc/self/schedstat"))).isTrue();
    CpuShares before = CpuShares.now();
    long start = System.nanoTime();
    long sum = 0;
    while (CpuShares.now().since(before).others() < 0.02 && System.nanoTime() - start < 60e9) {
      for (int i = 0; i < 1_000_000; i++) {
        sum += Long.hashCode(sum ^ i);
      }
    }
    CpuShares spent = CpuShares.now().since(before);
    assertThat(spent.others()).as("%d", sum).isBetween(0.02, 30.0);
    assertThat(spent.compilers()).isNotNegative();
    assertThat(spent.collectors()).isNotNegative();
  }
}
