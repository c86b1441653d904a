package dev.freshet.core.function.library;

import dev.freshet.core.function.UserFunction;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Names what a function computes by the bytes of its class and of all classes that it reaches in
 * the same place: the same jar or folder of the class path, or anything that came with it.
 */
final class ClassDigest {
  private final UserFunction function;
  private final ClassLoader loader;
  private final Map<String, byte[]> found = new TreeMap<>();
  private final Deque<Class<?>> open = new ArrayDeque<>();

  private ClassDigest(UserFunction function) {
    this.function = function;
    this.loader =
        Objects.requireNonNullElse(
            function.getClass().getClassLoader(), ClassLoader.getSystemClassLoader());
  }

  static String of(UserFunction function) {
    return new ClassDigest(function).compute();
  }

  private String compute() {
    open.add(function.getClass());
    while (!open.isEmpty()) {
      add(open.remove());
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      found.values().forEach(digest::update);
      return HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private void add(Class<?> type) {
    if (found.containsKey(type.getName())) {
      return;
    }
    byte[] bytes = bytes(type);
    found.put(type.getName(), bytes);
    if (bytes.length == 0) {
      return;
    }
    boolean own = outermost(type.getName()).equals(outermost(function.getClass().getName()));
    for (PoolEntry entry : ClassFile.of().parse(bytes).constantPool()) {
      if (entry instanceof ClassEntry named && !named.asInternalName().startsWith("[")) {
        referred(named.asInternalName().replace('/', '.'), own).ifPresent(open::add);
      }
    }
  }

  private static String outermost(String name) {
    int inner = name.indexOf('$');
    return inner < 0 ? name : name.substring(0, inner);
  }

  /** The class, if it belongs to the function. What the function itself names must be there. */
  private Optional<Class<?>> referred(String name, boolean required) {
    try {
      Class<?> type = Class.forName(name, false, loader);
      return belongs(type) ? Optional.of(type) : Optional.empty();
    } catch (ClassNotFoundException | LinkageError e) {
      if (required) {
        throw MethodSignature.invalid(
            function,
            "it uses the class " + name + ", which is not there. Add the jar that has it.");
      }
      return Optional.empty();
    }
  }

  private boolean belongs(Class<?> type) {
    return Objects.equals(type.getClassLoader(), function.getClass().getClassLoader())
        && (!loader.equals(ClassLoader.getSystemClassLoader())
            || Objects.equals(place(type), place(function.getClass())));
  }

  private static Optional<String> place(Class<?> type) {
    return Optional.ofNullable(type.getProtectionDomain().getCodeSource())
        .map(CodeSource::getLocation)
        .map(Object::toString);
  }

  private byte[] bytes(Class<?> type) {
    try (InputStream in = loader.getResourceAsStream(type.getName().replace('.', '/') + ".class")) {
      return in == null ? new byte[0] : in.readAllBytes();
    } catch (IOException e) {
      throw MethodSignature.invalid(
          function, "the class " + type.getName() + " cannot be read: " + e.getMessage() + ".");
    }
  }
}
