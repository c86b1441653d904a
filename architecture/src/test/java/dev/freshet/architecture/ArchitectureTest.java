package dev.freshet.architecture;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final Sources SOURCES = new Sources();
  private static Map<String, JavaClasses> classes;
  private static JavaClasses all;

  @BeforeAll
  static void importClasses() throws IOException {
    classes = SOURCES.classes();
    all = SOURCES.allClasses();
  }

  @Test
  void everyModuleOfTheRootPomHasArrows() {
    assertThat(Arrows.modules().keySet()).as("modules in Arrows").containsAll(classes.keySet());
    assertThat(classes).as("modules in the root pom").isNotEmpty();
  }

  @Test
  void thisModuleIsBuiltLast() throws IOException {
    assertThat(SOURCES.rootPomModules()).as("modules in the root pom").endsWith(Sources.SELF);
  }

  @Test
  void everyModuleWasScanned() {
    classes.forEach((module, found) ->
        assertThat(found.stream().filter(type -> !isPackageInfo(type)).count())
            .as("classes of module %s in %s", module, SOURCES.classFolder(module))
            .isPositive());
  }

  @Test
  void everyClassLivesUnderItsModulesPackage() {
    classes.forEach((module, found) -> {
      String root = Arrows.modules().get(module).root();
      assertThat(names(found, type -> !isUnder(type.getPackageName(), root)))
          .as("classes of module %s outside %s", module, root)
          .isEmpty();
    });
  }

  @Test
  void arrowsHaveNoCycle() {
    Arrows.modules()
        .keySet()
        .forEach(module ->
            assertThat(reach(module)).as("reached from %s", module).doesNotContain(module));
  }

  @Test
  void arrowsPointOnlyWhereTheTableAllows() {
    List<String> violations = new ArrayList<>();
    classes.forEach((module, found) -> {
      for (JavaClass type : found) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          if (!allowed(module, dependency.getTargetClass().getPackageName())) {
            violations.add(module + ": " + dependency.getDescription());
          }
        }
      }
    });
    assertThat(violations).as("uses of a module without an arrow to it").isEmpty();
  }

  @Test
  void packagesHaveNoCycle() {
    slices().matching("dev.freshet.(**)").should().beFreeOfCycles().check(all);
  }

  @Test
  void everyPackageSaysItsJobAndIsNullMarked() {
    Set<String> bare = new TreeSet<>();
    for (JavaClass type : all) {
      JavaPackage itsPackage = type.getPackage();
      if (!itsPackage.isAnnotatedWith("org.jspecify.annotations.NullMarked")) {
        bare.add(itsPackage.getName());
      }
    }
    assertThat(bare).as("packages without a package-info.java with @NullMarked").isEmpty();
  }

  @Test
  void eachLibraryIsImportedInOneModuleOnly() {
    Map<String, Set<String>> importers = new TreeMap<>();
    classes.forEach((module, found) -> {
      for (JavaClass type : found) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          Optional<String> library =
              Libraries.of(dependency.getTargetClass().getBaseComponentType().getPackageName());
          library.ifPresent(
              name -> importers.computeIfAbsent(name, key -> new TreeSet<>()).add(module));
        }
      }
    });
    assertThat(importers).as("libraries seen").containsKey("org.jspecify").hasSizeGreaterThan(1);
    importers.keySet().removeAll(Arrows.SHARED_LIBRARIES.keySet());
    importers.values().removeIf(modules -> modules.size() == 1);
    assertThat(importers).as("libraries imported in more than one module").isEmpty();
  }

  private static boolean allowed(String module, String target) {
    Arrows.Module from = Arrows.modules().get(module);
    for (Arrows.Module to : Arrows.modules().values()) {
      if (!to.equals(from) && isUnder(target, to.root())) {
        Set<String> parts =
            Arrows.PARTS
                .getOrDefault(module, Map.of())
                .getOrDefault(to.folder(), Set.of(to.root()));
        return from.mayUse().contains(to.folder())
            && parts.stream().anyMatch(part -> isUnder(target, part));
      }
    }
    return true;
  }

  private static Set<String> reach(String module) {
    Set<String> reached = new TreeSet<>();
    List<String> open = new ArrayList<>(Arrows.modules().get(module).mayUse());
    while (!open.isEmpty()) {
      String next = open.removeLast();
      if (reached.add(next)) {
        open.addAll(Arrows.modules().get(next).mayUse());
      }
    }
    return reached;
  }

  private static boolean isUnder(String packageName, String root) {
    return packageName.equals(root) || packageName.startsWith(root + ".");
  }

  private static boolean isPackageInfo(JavaClass type) {
    return type.getSimpleName().equals("package-info");
  }

  private static List<String> names(JavaClasses found, Predicate<JavaClass> which) {
    return found.stream().filter(which).map(JavaClass::getName).sorted().toList();
  }
}
