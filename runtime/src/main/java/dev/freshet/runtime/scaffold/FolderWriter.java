package dev.freshet.runtime.scaffold;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Writes a folder of text files whole or not at all: beside its place first, then moved there in
 * one step.
 */
final class FolderWriter {
  private FolderWriter() {}

  /**
   * @param files paths below the folder to their text; a text of {@code null} is not allowed
   * @throws FreshetException ALREADY_EXISTS when the folder holds anything; CONFIG_INVALID when a
   *     path leads out of it
   */
  static void write(Path folder, Map<String, String> files) {
    Path target = folder.toAbsolutePath().normalize();
    refuseFullFolder(target);
    Path parent = target.getParent();
    if (parent == null) {
      throw new FreshetException(
          ErrorCode.CONFIG_INVALID, "Cannot make a project in " + target + ". Name a folder.");
    }
    Path temporary =
        parent.resolve("." + target.getFileName() + ".init-" + ProcessHandle.current().pid());
    for (String file : files.keySet()) {
      refusePathThatLeaves(temporary, file);
    }
    try {
      for (Map.Entry<String, String> file : files.entrySet()) {
        Path path = temporary.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
      }
      Files.deleteIfExists(target);
      Files.move(temporary, target);
    } catch (IOException e) {
      deleteTree(temporary);
      throw new FreshetException(
          ErrorCode.STORAGE_FAILED, "Failed to write project " + target + ": " + e.getMessage(), e);
    }
  }

  private static void refusePathThatLeaves(Path folder, String file) {
    boolean isInside;
    try {
      Path path = folder.resolve(file).normalize();
      isInside = path.startsWith(folder) && !path.equals(folder);
    } catch (InvalidPathException e) {
      isInside = false;
    }
    if (!isInside) {
      throw new FreshetException(
          ErrorCode.CONFIG_INVALID,
          "Cannot write "
              + file
              + " of a project: it is no path in the project's folder. Rename what it is named"
              + " after.");
    }
  }

  private static void refuseFullFolder(Path target) {
    if (!Files.exists(target)) {
      return;
    }
    try (Stream<Path> entries = Files.list(target)) {
      if (entries.findAny().isPresent()) {
        throw new FreshetException(
            ErrorCode.ALREADY_EXISTS,
            "Cannot make a project in "
                + target
                + ": the folder is not empty. Choose a new one, or empty it.");
      }
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.STORAGE_FAILED, "Failed to look into " + target + ": " + e.getMessage(), e);
    }
  }

  private static void deleteTree(Path root) {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // what is left carries a name that says what it is; the first error is the one to report
    }
  }
}
