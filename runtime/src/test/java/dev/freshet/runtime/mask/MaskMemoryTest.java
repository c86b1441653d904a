package dev.freshet.runtime.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.port.LocalStorage;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaskMemoryTest {
  private static final String PLAIN = "key: [id]\ncolumns: {id: BIGINT, note: VARCHAR}\n";
  private static final String MASKED =
      "key: [id]\ncolumns: {id: {type: BIGINT, mask: tokenize}, note: VARCHAR}\n";
  private static final String NOTE_ONLY =
      "key: [id]\ncolumns: {id: BIGINT, note: {type: VARCHAR, mask: hash}}\n";

  @TempDir private Path folder;

  private void start(String contract, boolean hasRows) throws IOException {
    Files.writeString(
        folder.resolve("freshet.yaml"), "name: p\nmasking: {key: '${MASKING_KEY}'}\n");
    Files.createDirectories(folder.resolve("contracts"));
    Files.writeString(folder.resolve("contracts/people.yaml"), contract);
    Project project = ProjectReader.read(folder, Map.of("MASKING_KEY", MaskedProject.KEY), "");
    MaskMemory.check(
        new LocalStorage(folder), ProjectMasks.of(project), project.contracts().values(), hasRows);
  }

  @Test
  void aProjectWithoutMasksRemembersNothing() throws IOException {
    start(PLAIN, false);

    assertThat(folder.resolve("sources/masking")).doesNotExist();
  }

  @Test
  void theMaskOfAKeyStaysAsItWas() throws IOException {
    start(MASKED, false);
    start(MASKED, true);

    assertThat(folder.resolve("sources/masking"))
        .content()
        .contains("people\tid\ttokenize\n")
        .doesNotContain(MaskedProject.KEY);
    assertThatThrownBy(() -> start(PLAIN, true)).hasMessageContaining("column id of table people");
    start(MASKED, true);
  }

  @Test
  void aKeyIsNotMaskedWhereRowsAreThatWereNot() {
    assertThatThrownBy(() -> start(MASKED, true))
        .hasMessageContaining("its mask was none")
        .hasMessageContaining("is tokenize now");
  }

  @Test
  void otherColumnsMayGetAndLoseAMask() throws IOException {
    start(PLAIN, false);
    start(NOTE_ONLY, true);
    start(PLAIN, true);
    start(NOTE_ONLY, true);
  }
}
