package dev.freshet.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandleKindsTest {
  @TempDir private Path folder;

  @Test
  void replacesNumbersByWhatTheyHaveInCommon() {
    HandleKinds before = HandleKinds.of(List.of("/db/log/00000000000000000000.log", "pipe:[41]"));
    HandleKinds after =
        HandleKinds.of(
            List.of(
                "/db/log/00000000000000000000.log",
                "/db/state/state-00000000000000a2.run",
                "/db/state/state-00000000000000b3.run (deleted)",
                "/db/state/state-00000000000000b4.run (deleted)",
                "socket:[4711]"));
    assertThat(after.since(before))
        .isEqualTo(
            """
            +2, now 2: /db/state/state-N.run (deleted)
            +1, now 1: /db/state/state-N.run
            +1, now 1: socket:[N]
            +0, now 1: /db/log/N.log
            -1, now 0: pipe:[N]\
            """);
  }

  @Test
  void seesTheFilesThatAProcessHasOpen() throws Exception {
    long self = ProcessHandle.current().pid();
    HandleKinds before = HandleKinds.of(self);
    Path file = Files.writeString(folder.resolve("held"), "something");
    try (InputStream held = Files.newInputStream(file)) {
      assertThat(HandleKinds.of(self).since(before)).containsPattern("\\+1, now 1: .*/held");
      assertThat(held.read()).isPositive();
    }
  }
}
