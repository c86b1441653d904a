package dev.freshet.bench.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The class path of an application that uses the library alone. Ours has the peers' and all
 * sources' jars too, and each start of a JVM opens all jars of its class path.
 */
public final class LibraryClassPath {
  private static final String LIBRARY = "database/target/classpath";

  /** What the benchmark's own work is in. */
  private static final Set<String> OWN =
      Set.of("freshet-bench-", "freshet-database-", "freshet-measure-", "freshet-testing-");

  private LibraryClassPath() {}

  /**
   * Those entries of this JVM's class path that are the library's, and folders of classes, in their
   * order; all of them where nothing was packaged.
   */
  public static String ofThisJvm() {
    String all = System.getProperty("java.class.path");
    Path library = Path.of(System.getProperty("freshet.home", ""), LIBRARY).toAbsolutePath();
    if (!Files.exists(library)) {
      return all;
    }
    Set<String> names = new HashSet<>();
    for (String entry : read(library).split(File.pathSeparator)) {
      names.add(nameOf(entry));
    }
    return Arrays.stream(all.split(File.pathSeparator))
        .filter(entry -> Files.isDirectory(Path.of(entry)) || isNeeded(nameOf(entry), names))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isNeeded(String name, Set<String> library) {
    return library.contains(name) || OWN.stream().anyMatch(name::startsWith);
  }

  private static String nameOf(String entry) {
    return String.valueOf(Path.of(entry).getFileName());
  }
}
