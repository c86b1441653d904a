package dev.freshet.runtime.scaffold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderWriterTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../out.yaml",
        "contracts/../../out.yaml",
        "/tmp/out.yaml",
        "",
        "a/..",
        "a\u0000b"
      })
  void refusesPathsThatLeadOutOfTheFolder(String path) throws Exception {
    Path made = folder.resolve("made");
    assertThatThrownBy(() -> FolderWriter.write(made, Map.of("freshet.yaml", "", path, "text")))
        .hasMessageContaining("it is no path in the project's folder");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void writesFilesInFolders() {
    Path made = folder.resolve("made");
    FolderWriter.write(made, Map.of("contracts/..orders.yaml", "text"));
    assertThat(made.resolve("contracts/..orders.yaml")).hasContent("text");
  }
}
