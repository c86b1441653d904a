package dev.freshet.runtime.system;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A project folder's files at one moment, as far as they say what the project is.
 *
 * @param stamps each file's size and time of change
 */
public record FolderFiles(Map<Path, String> stamps) {
  private static final List<String> PARTS =
      List.of("freshet.yaml", "sources", "contracts", "models", "functions");

  public FolderFiles {
    stamps = Map.copyOf(stamps);
  }

  public static FolderFiles of(Path folder) {
    Map<Path, String> stamps = new TreeMap<>();
    for (String part : PARTS) {
      Path path = folder.resolve(part);
      if (Files.exists(path)) {
        add(path, stamps);
      }
    }
    return new FolderFiles(stamps);
  }

  private static void add(Path path, Map<Path, String> stamps) {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.toList()) {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (attributes.isRegularFile()) {
          stamps.put(file, attributes.size() + " at " + attributes.lastModifiedTime());
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw new FreshetException(
          ErrorCode.STORAGE_FAILED, "Failed to list " + path + ": " + e.getMessage(), e);
    }
  }
}
