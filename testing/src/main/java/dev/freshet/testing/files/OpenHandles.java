package dev.freshet.testing.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** The files that this process has open, deleted ones too. Of Linux only. */
public final class OpenHandles {
  private static final Path HANDLES = Path.of("/proc/self/fd");

  private OpenHandles() {}

  /**
   * The paths of all open files below a directory, sorted, a path once for each handle; a deleted
   * file's ends with {@code (deleted)}.
   */
  public static List<String> below(Path directory) {
    List<String> paths = new ArrayList<>();
    try (Stream<Path> handles = Files.list(HANDLES)) {
      String prefix = directory.toRealPath() + "/";
      for (Path handle : handles.toList()) {
        String target = target(handle);
        if (target.startsWith(prefix)) {
          paths.add(target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Collections.sort(paths);
    return paths;
  }

  /** Empty for a handle that was closed meanwhile. */
  private static String target(Path handle) throws IOException {
    try {
      return Files.readSymbolicLink(handle).toString();
    } catch (NoSuchFileException e) {
      return "";
    }
  }
}
