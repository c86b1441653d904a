package dev.freshet.core.function.library;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.function.UserFunction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Functions in Java by their names. Immutable. */
public final class FunctionLibrary {
  /** A library without functions. */
  public static final FunctionLibrary NONE = new FunctionLibrary(Map.of());

  private final Map<String, BoundFunction> byName;

  private FunctionLibrary(Map<String, BoundFunction> byName) {
    this.byName = byName;
  }

  /**
   * @throws FreshetException {@link ErrorCode#FUNCTION_INVALID} for a function that SQL cannot
   *     call, and for two with the same name
   */
  public static FunctionLibrary of(Collection<? extends UserFunction> functions) {
    Map<String, BoundFunction> byName = new TreeMap<>();
    for (UserFunction function : functions) {
      BoundFunction bound = Binding.of(function);
      put(byName, bound);
    }
    return new FunctionLibrary(byName);
  }

  private static void put(Map<String, BoundFunction> byName, BoundFunction function) {
    if (byName.put(function.name().toUpperCase(Locale.ROOT), function) != null) {
      throw new FreshetException(
          ErrorCode.FUNCTION_INVALID,
          "Cannot use function "
              + function.name()
              + ": there are two with this name. Override name() of one.");
    }
  }

  /** The functions that the class path declares as services. */
  public static FunctionLibrary onClassPath(ClassLoader loader) {
    List<UserFunction> functions = new ArrayList<>();
    Iterator<UserFunction> found = ServiceLoader.load(UserFunction.class, loader).iterator();
    try {
      while (found.hasNext()) {
        functions.add(found.next());
      }
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new FreshetException(
          ErrorCode.FUNCTION_INVALID,
          "Cannot load the functions of META-INF/services/"
              + UserFunction.class.getName()
              + ": "
              + e.getMessage()
              + ".",
          e);
    }
    return of(functions);
  }

  /** The functions of both; no name may stand in both. */
  public FunctionLibrary with(FunctionLibrary other) {
    Map<String, BoundFunction> all = new TreeMap<>(byName);
    other.byName.values().forEach(function -> put(all, function));
    return new FunctionLibrary(all);
  }

  /** In the order of their names. */
  public Collection<BoundFunction> functions() {
    return byName.values();
  }

  /** The function with a name, whatever its case. */
  public Optional<BoundFunction> find(String name) {
    return Optional.ofNullable(byName.get(name.toUpperCase(Locale.ROOT)));
  }
}
