package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/guides/tables.md says, step by step, and finds what it shows. */
@Timeout(180)
class TablesGuideTest {
  @TempDir private Path folder;

  @Test
  void showsWhatFreshetDoes() throws Exception {
    try (CommandGuide guide = new CommandGuide(folder)) {
      assertThat(guide.follow("tables.md")).isEqualTo(12);
    }
  }
}
