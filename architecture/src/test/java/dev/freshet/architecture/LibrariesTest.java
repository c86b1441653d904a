package dev.freshet.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LibrariesTest {
  @Test
  void leavesOutTheJdkAndOurOwn() {
    assertThat(Libraries.of("java.util.function")).isEmpty();
    assertThat(Libraries.of("com.sun.net.httpserver")).isEmpty();
    assertThat(Libraries.of("dev.freshet.core")).isEmpty();
    assertThat(Libraries.of("")).isEmpty();
  }

  @Test
  void keepsNeighboursUnderAWideRootApart() {
    assertThat(Libraries.of("org.apache.calcite.rel.core")).contains("org.apache.calcite");
    assertThat(Libraries.of("org.apache.iceberg")).contains("org.apache.iceberg");
    assertThat(Libraries.of("org.postgresql.replication")).contains("org.postgresql");
    assertThat(Libraries.of("picocli")).contains("picocli");
  }
}
