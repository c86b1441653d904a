package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderWatchTest {
  @TempDir private Path folder;
  private int applied;

  @BeforeEach
  void writeAFolder() throws IOException {
    Files.createDirectories(folder.resolve("models/gold"));
    Files.createDirectories(folder.resolve(".freshet"));
    Files.writeString(folder.resolve("models/gold/a.sql"), "SELECT 1");
  }

  private FolderWatch watch(Runnable apply) {
    return new FolderWatch(FolderFiles.of(folder), () -> FolderFiles.of(folder), apply);
  }

  @Test
  void appliesOnceWhenFilesHaveChangedAndThenStayed() throws IOException {
    FolderWatch watch = watch(() -> applied++);
    watch.run();
    watch.run();
    assertThat(applied).isZero();
    Files.writeString(folder.resolve("models/gold/b.sql"), "SELECT 1");
    watch.run();
    Files.writeString(folder.resolve("models/gold/b.sql"), "SELECT 1, 2");
    watch.run();
    assertThat(applied).isZero();
    watch.run();
    watch.run();
    assertThat(applied).isEqualTo(1);
    Files.delete(folder.resolve("models/gold/a.sql"));
    watch.run();
    watch.run();
    assertThat(applied).isEqualTo(2);
    Files.writeString(folder.resolve(".freshet/any"), "state");
    watch.run();
    watch.run();
    assertThat(applied).isEqualTo(2);
  }

  @Test
  void goesOnAfterAChangeThatWasRefused() throws IOException {
    FolderWatch watch =
        watch(() -> {
          applied++;
          throw new FreshetException(ErrorCode.SQL_INVALID, "Invalid SQL.");
        });
    for (String sql : new String[] {"SELEC", "SELECT x"}) {
      Files.writeString(folder.resolve("models/gold/b.sql"), sql);
      watch.run();
      watch.run();
      watch.run();
    }
    assertThat(applied).isEqualTo(2);
  }
}
