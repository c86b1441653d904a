package dev.freshet.core.function;

import java.util.Locale;

/**
 * A function in Java that SQL calls by its name.
 *
 * <p>What every function promises: the same arguments give the same result, always and on every
 * machine, since a result is computed again when a row is deleted or a step is repeated after a
 * crash. So it reads no clock, no random numbers, no files and no network, keeps nothing between
 * calls, and does not block. Several threads may call it at once. An exception makes the row an
 * error with the exception's message, which must be the same each time too.
 *
 * <p>A class has a public constructor without parameters. The Java types of its methods say what
 * SQL may give and what it gets; see the guide on functions. A parameter of a primitive type is
 * never NULL: the function is not called, and its result is NULL, when the argument is.
 */
public abstract sealed class UserFunction permits ScalarFunction, AggregateFunction, TableFunction {
  /** How SQL calls it, in any case: {@code CountChar} is {@code COUNT_CHAR} unless overridden. */
  public String name() {
    return getClass()
        .getSimpleName()
        .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
        .toUpperCase(Locale.ROOT);
  }

  /**
   * What names the function's meaning: models that use it are rebuilt when this changes. Empty, as
   * it is unless overridden, stands for the bytes of its class and of the classes that it uses.
   */
  public String version() {
    return "";
  }
}
