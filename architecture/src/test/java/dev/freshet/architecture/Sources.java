package dev.freshet.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The modules of the root pom and their compiled main classes, read from the folders in which Maven
 * leaves them.
 */
final class Sources {
  /** The module of these tests has no main classes and is no part of what they hold. */
  static final String SELF = "architecture";

  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
  private static final Pattern DEPENDENCY =
      Pattern.compile("<artifactId>freshet-([^<]+)</artifactId>");

  private final Path root;

  Sources() {
    // Maven runs tests in the module's folder.
    this.root = Path.of("").toAbsolutePath().getParent();
  }

  /** Every module of the root pom but this one. */
  List<String> modules() throws IOException {
    List<String> modules = new ArrayList<>(found(MODULE, root.resolve("pom.xml")));
    modules.remove(SELF);
    return modules;
  }

  /**
   * The artifacts, without the prefix freshet-, that this module's pom names, its parent and itself
   * included.
   */
  List<String> dependenciesOfThisModule() throws IOException {
    return found(DEPENDENCY, root.resolve(SELF).resolve("pom.xml"));
  }

  /** What a module is called as an artifact, without the prefix freshet-. */
  String artifact(String module) throws IOException {
    return found(DEPENDENCY, root.resolve(module).resolve("pom.xml")).getFirst();
  }

  Path classFolder(String module) {
    return root.resolve(module).resolve("target").resolve("classes");
  }

  /** Each module's main classes; a module that is not compiled has none. */
  Map<String, JavaClasses> classes() throws IOException {
    Map<String, JavaClasses> classes = new TreeMap<>();
    for (String module : modules()) {
      Path folder = classFolder(module);
      List<Path> folders = Files.isDirectory(folder) ? List.of(folder) : List.of();
      classes.put(module, new ClassFileImporter().importPaths(folders));
    }
    return classes;
  }

  JavaClasses allClasses() throws IOException {
    List<Path> folders =
        modules().stream().map(this::classFolder).filter(Files::isDirectory).toList();
    return new ClassFileImporter().importPaths(folders);
  }

  private static List<String> found(Pattern pattern, Path file) throws IOException {
    Matcher matcher = pattern.matcher(Files.readString(file));
    return matcher.results().map(result -> result.group(1)).toList();
  }
}
