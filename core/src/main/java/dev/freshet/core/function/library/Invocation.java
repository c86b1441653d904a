package dev.freshet.core.function.library;

import java.lang.invoke.MethodHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Calls of method handles whose failures are what the method threw. */
final class Invocation {
  private Invocation() {}

  /** Of a handle from Object[] to Object that does not give null. */
  static Object of(MethodHandle handle, @Nullable Object[] arguments) {
    return Objects.requireNonNull(orNull(handle, arguments), "the method returned null");
  }

  /** Of a handle from Object[] to Object. */
  static @Nullable Object orNull(MethodHandle handle, @Nullable Object[] arguments) {
    try {
      return (Object) handle.invokeExact(arguments);
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  /** Of a handle from Object to Object. */
  static @Nullable Object ofOne(MethodHandle handle, Object argument) {
    try {
      return (Object) handle.invokeExact(argument);
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  /** What was thrown, as it is, whether it is checked or not. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
