package dev.freshet.core.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStorageTest {
  @TempDir Path directory;

  @Test
  void replacesAFileAtomically() {
    Storage storage = new LocalStorage(directory);
    storage.createDirectories("a/b");
    storage.writeAtomically("a/b/file", "one".getBytes(StandardCharsets.UTF_8));
    storage.writeAtomically("a/b/file", "two".getBytes(StandardCharsets.UTF_8));
    assertThat(storage.readAll("a/b/file")).asString(StandardCharsets.UTF_8).isEqualTo("two");
    assertThat(storage.list("a/b")).containsExactly("file");
  }

  @Test
  void lendsADirectoryToOneHolderAtATime() {
    Storage storage = new LocalStorage(directory);
    try (Storage.Lock _ = storage.lock("data")) {
      assertThatThrownBy(() -> storage.lock("data"))
          .isInstanceOfSatisfying(
              FreshetException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.DIRECTORY_IN_USE));
    }
    storage.lock("data").close();
  }

  /** The channel closes under a thread that is interrupted, for the other threads too. */
  @Test
  void anInterruptedReaderEndsNoReading() {
    Storage storage = new LocalStorage(directory);
    storage.writeAtomically("file", "text".getBytes(StandardCharsets.UTF_8));
    byte[] bytes = new byte[4];
    Storage.File file = storage.openRead("file");
    try (file) {
      Thread.currentThread().interrupt();
      assertThat(file.read(0, bytes, 0, 4)).isEqualTo(4);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(file.read(2, bytes, 0, 2)).isEqualTo(2);
      assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo("xtxt");
    }
    assertThatThrownBy(() -> file.read(0, bytes, 0, 4)).isInstanceOf(FreshetException.class);
  }

  @Test
  void refusesPathsOutsideOfItsRoot() {
    Storage storage = new LocalStorage(directory);
    assertThatThrownBy(() -> storage.create("../x")).hasMessageContaining("outside");
  }
}
