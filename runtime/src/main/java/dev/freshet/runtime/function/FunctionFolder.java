package dev.freshet.runtime.function;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.function.UserFunction;
import dev.freshet.core.function.library.FunctionLibrary;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The folder {@code functions/} of a project: Java sources, and jars. */
public final class FunctionFolder {
  private static final String NAME = "functions";

  private final Path folder;

  private FunctionFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Compiles the sources in memory, loads them and the jars, and binds every public class that is a
   * function. Nothing is written.
   *
   * @throws FreshetException {@link ErrorCode#FUNCTION_INVALID} for a source that does not compile,
   *     with file, line and column, and for a class that cannot be loaded or called
   */
  public static FunctionLibrary load(Path project) {
    Path folder = project.resolve(NAME);
    return Files.isDirectory(folder) ? new FunctionFolder(folder).load() : FunctionLibrary.NONE;
  }

  private FunctionLibrary load() {
    List<Path> jars = files(".jar");
    List<Path> sources = files(".java");
    if (jars.isEmpty() && sources.isEmpty()) {
      return FunctionLibrary.NONE;
    }
    Map<String, byte[]> compiled =
        sources.isEmpty() ? Map.of() : SourceCompiler.compile(folder, sources, jars);
    FunctionLoader loader = FunctionLoader.of(compiled, jars);
    Set<String> names = new TreeSet<>(compiled.keySet());
    jars.forEach(jar -> names.addAll(FunctionClasses.in(jar)));
    List<UserFunction> functions = new ArrayList<>();
    for (String name : names) {
      Class<?> type = load(loader, name);
      if (UserFunction.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())) {
        functions.add(instance(type));
      }
    }
    return FunctionLibrary.of(functions);
  }

  private List<Path> files(String ending) {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(path -> path.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.STORAGE_FAILED, "Failed to list " + folder + ": " + e.getMessage(), e);
    }
  }

  private static Class<?> load(ClassLoader loader, String name) {
    try {
      return Class.forName(name, false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      throw invalid(
          name, "it cannot be loaded: " + e.getMessage() + ". Add the jar that it needs.", e);
    }
  }

  private static UserFunction instance(Class<?> type) {
    try {
      if (!Modifier.isPublic(type.getModifiers())) {
        throw new IllegalAccessException("the class is not public");
      }
      return (UserFunction) type.getConstructor().newInstance();
    } catch (NoSuchMethodException | IllegalAccessException e) {
      throw invalid(
          type.getName(),
          "it must be a public class with a public constructor without parameters.",
          e);
    } catch (InvocationTargetException e) {
      throw invalid(type.getName(), "its constructor failed: " + e.getCause() + ".", e);
    } catch (InstantiationException | LinkageError e) {
      throw invalid(type.getName(), "it cannot be made: " + e + ".", e);
    }
  }

  private static FreshetException invalid(String name, String why, Throwable cause) {
    return new FreshetException(
        ErrorCode.FUNCTION_INVALID,
        "Cannot use function " + name + " of functions/: " + why,
        cause);
  }
}
