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

  private final Path root;

  Sources() {
    // Maven runs tests in the module's folder.
    this.root = Path.of("").toAbsolutePath().getParent();
  }

  /** Every module of the root pom but this one; of those in its profiles the compiled ones. */
  List<String> modules() throws IOException {
    List<String> modules = new ArrayList<>(rootPomModules());
    modules.remove(SELF);
    for (String module : found(MODULE, pomParts()[1])) {
      if (Files.isDirectory(classFolder(module))) {
        modules.add(module);
      }
    }
    return modules;
  }

  /**
   * The modules of the root pom in the order in which Maven builds them, as far as they leave it
   * free, without those that only a profile builds.
   */
  List<String> rootPomModules() throws IOException {
    return found(MODULE, pomParts()[0]);
  }

  /** The root pom before its profiles, and the profiles. */
  private String[] pomParts() throws IOException {
    String pom = Files.readString(root.resolve("pom.xml"));
    int profiles = pom.indexOf("<profiles>");
    return profiles < 0
        ? new String[] {pom, ""}
        : new String[] {pom.substring(0, profiles), pom.substring(profiles)};
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

  private static List<String> found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.results().map(result -> result.group(1)).toList();
  }
}
