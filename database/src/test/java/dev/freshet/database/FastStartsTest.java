package dev.freshet.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JVM takes the commands that docs/guides/library.md shows. */
class FastStartsTest {
  private static final Path GUIDE = Path.of("../docs/guides/library.md");
  private static final String PROGRAM = "-cp LIBRARIES your.Program";

  @Test
  void theJvmKnowsTheOptions(@TempDir Path folder) throws Exception {
    List<String> lines =
        Files.readAllLines(GUIDE).stream()
            .map(String::strip)
            .filter(line -> line.startsWith("java -XX:AOT"))
            .toList();
    assertThat(lines).hasSize(2).allMatch(line -> line.endsWith(PROGRAM));
    for (String line : lines) {
      List<String> command = new ArrayList<>(List.of(line.replace(PROGRAM, "-version").split(" ")));
      command.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
      Process java =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
      String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(java.waitFor()).as("%s%n%s", line, said).isZero();
    }
  }
}
