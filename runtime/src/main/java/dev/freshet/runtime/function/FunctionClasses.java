package dev.freshet.runtime.function;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.function.AggregateFunction;
import dev.freshet.core.function.ScalarFunction;
import dev.freshet.core.function.TableFunction;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** Finds the functions in a jar by what its classes extend, without loading them. */
final class FunctionClasses {
  private static final Set<String> ROOTS =
      Set.of(
          ScalarFunction.class.getName(),
          AggregateFunction.class.getName(),
          TableFunction.class.getName());

  private FunctionClasses() {}

  static Set<String> in(Path jar) {
    Map<String, String> superclasses = new HashMap<>();
    try (JarFile file = new JarFile(jar.toFile())) {
      for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
        JarEntry entry = entries.nextElement();
        if (isClass(entry.getName())) {
          ClassModel model = ClassFile.of().parse(file.getInputStream(entry).readAllBytes());
          model
              .superclass()
              .ifPresent(above ->
                  superclasses.put(
                      model.thisClass().asInternalName().replace('/', '.'),
                      above.asInternalName().replace('/', '.')));
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new FreshetException(
          ErrorCode.FUNCTION_INVALID,
          "Cannot read " + jar + ": " + e.getMessage() + ". Is it a jar of this Java's classes?",
          e);
    }
    return functions(superclasses);
  }

  private static boolean isClass(String name) {
    return name.endsWith(".class") && !name.startsWith("META-INF/") && !name.contains("-info.");
  }

  private static Set<String> functions(Map<String, String> superclasses) {
    Set<String> found = new HashSet<>();
    for (String name : superclasses.keySet()) {
      String above = name;
      while (above != null && !ROOTS.contains(above)) {
        above = superclasses.get(above);
      }
      if (above != null) {
        found.add(name);
      }
    }
    return found;
  }
}
