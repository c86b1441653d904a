package dev.freshet.core.function.library;

import dev.freshet.core.function.UserFunction;
import dev.freshet.core.type.DataType;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One method of a scalar or table function, as SQL sees it. Equal ones give equal results. Any
 * thread may call it.
 */
public final class ScalarMethod implements Overload {
  private final String name;
  private final String identity;
  private final Parameters parameters;
  private final JavaType result;
  private final MethodHandle handle;

  ScalarMethod(
      UserFunction function,
      String digest,
      Method method,
      List<JavaType> parameters,
      JavaType result) {
    this.name = function.name();
    this.identity = name + "#" + digest + "#" + MethodSignature.text(method);
    this.parameters = Parameters.of(method, parameters);
    this.result = result;
    this.handle = MethodSignature.handle(function, method);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public DataType type() {
    return result.type();
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  /** Whether the result is not NULL when no argument is. */
  public boolean neverReturnsNull() {
    return result.presence() == JavaType.Presence.ALWAYS;
  }

  /** Whether the result is NULL when this argument is. */
  public boolean isNullForNull(int argument) {
    return parameters.of(argument).presence() == JavaType.Presence.ALWAYS;
  }

  /**
   * Calls the method, unless an argument is NULL that must not be.
   *
   * @param arguments boxed as {@link dev.freshet.core.batch.Values} describes; not kept
   * @return boxed in the same way
   */
  public @Nullable Object call(@Nullable Object[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i] == null && isNullForNull(i)) {
        return null;
      }
    }
    Object value = Invocation.orNull(handle, parameters.toJava(arguments, 0));
    return value == null ? null : result.toSql().apply(value);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ScalarMethod method && method.identity.equals(identity);
  }

  @Override
  public int hashCode() {
    return identity.hashCode();
  }

  /** Names the method and its meaning: equal texts stand for equal functions. */
  @Override
  public String toString() {
    return identity;
  }
}
