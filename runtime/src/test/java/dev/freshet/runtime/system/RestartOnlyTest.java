package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.project.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartOnlyTest {
  @TempDir private Path folder;

  /** A setting that is forgotten here would be taken by an apply, and do nothing. */
  @Test
  void knowsEverySettingButTheFreshness() throws IOException {
    Files.writeString(folder.resolve("freshet.yaml"), "name: p\n");
    Files.createDirectories(folder.resolve("sources"));
    Files.writeString(folder.resolve("sources/web.yaml"), "kind: http\ntables: [t]\n");
    Files.createDirectories(folder.resolve("contracts"));
    Files.writeString(folder.resolve("contracts/t.yaml"), "columns:\n  id: BIGINT\n");
    Settings settings = ProjectReader.read(folder, Map.of(), "").settings();

    assertThat(RestartOnly.restartOnly(settings))
        .hasSize(Settings.class.getRecordComponents().length - 1);
  }
}
