package dev.freshet.bench.kill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Copies of a project that may be changed. */
final class ShopCopy {
  private ShopCopy() {}

  /**
   * @param folder is created
   */
  static void make(Path example, Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> tree = Files.walk(example)) {
      files = tree.filter(file -> !file.toString().contains(".freshet")).toList();
    }
    for (Path file : files) {
      Path target = folder.resolve(example.relativize(file).toString());
      if (Files.isDirectory(file)) {
        Files.createDirectories(target);
      } else {
        Files.copy(file, target);
      }
    }
  }
}
