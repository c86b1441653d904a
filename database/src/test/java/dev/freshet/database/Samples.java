package dev.freshet.database;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The parts of a test's source that stand in the documentation: between {@code // tour:} lines. */
final class Samples {
  private static final Path SOURCES = Path.of("src", "test", "java", "dev", "freshet", "database");

  private Samples() {}

  static List<String> of(String test) throws IOException {
    List<String> samples = new ArrayList<>();
    StringBuilder sample = new StringBuilder();
    boolean inside = false;
    for (String line :
        Files.readAllLines(SOURCES.resolve(test + ".java"), StandardCharsets.UTF_8)) {
      if (line.strip().equals("// tour:end")) {
        samples.add(sample.toString().stripTrailing().stripIndent() + "\n");
        inside = false;
      } else if (line.strip().startsWith("// tour:")) {
        sample.setLength(0);
        inside = true;
      } else if (inside) {
        sample.append(line).append('\n');
      }
    }
    return samples;
  }
}
