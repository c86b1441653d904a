package dev.freshet.demo.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.runtime.system.ServerFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RehearsalTest {
  private static final Path EXAMPLE = Path.of("../examples/shop");

  @Test
  void runsGreenAndLeavesNothingBehind() throws Exception {
    Set<Path> folders = leftFolders();
    Set<String> threads = threads();
    List<String> addresses = new ArrayList<>();

    Rehearsal.run(
        EXAMPLE, project -> addresses.add(ServerFile.address(project.resolve(".freshet"))));

    assertThat(addresses).singleElement().asString().startsWith("http://127.0.0.1:");
    assertThat(leftFolders()).isSubsetOf(folders);
    assertThat(threads()).isSubsetOf(threads);
    assertThat(EXAMPLE.resolve(".freshet")).doesNotExist();
  }

  @Test
  void leavesNothingBehindWhenItFails() throws Exception {
    Set<Path> folders = leftFolders();
    Set<String> threads = threads();

    assertThatThrownBy(() ->
            Rehearsal.run(
                EXAMPLE,
                _ -> {
                  throw new IOException("the show is over");
                }))
        .hasMessage("the show is over");

    assertThat(leftFolders()).isSubsetOf(folders);
    assertThat(threads()).isSubsetOf(threads);
  }

  private static Set<Path> leftFolders() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return entries
          .filter(path -> path.getFileName().toString().startsWith("freshet-rehearsal-"))
          .collect(Collectors.toSet());
    }
  }

  /** Those that would keep a program from ending. */
  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !thread.isDaemon())
        .map(Thread::getName)
        .collect(Collectors.toSet());
  }
}
