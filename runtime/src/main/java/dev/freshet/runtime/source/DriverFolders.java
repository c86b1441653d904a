package dev.freshet.runtime.source;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the jars of drivers are looked for. */
public final class DriverFolders {
  /** How the folder is called, of a project and of the installation. */
  public static final String NAME = "drivers";

  private DriverFolders() {}

  /** This folder and the installation's, which need not be there. */
  public static List<Path> of(Path first) {
    return of(first, NAME);
  }

  /**
   * @param name of the installation's folder
   */
  static List<Path> of(Path first, String name) {
    String home = System.getProperty("freshet.home", "");
    Stream<Path> installation = home.isEmpty() ? Stream.of() : Stream.of(Path.of(home, name));
    return Stream.concat(Stream.of(first), installation)
        .map(folder -> folder.toAbsolutePath().normalize())
        .distinct()
        .toList();
  }
}
