package dev.freshet.runtime.function;

import dev.freshet.core.function.UserFunction;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Loads classes that were compiled in memory, then those of jars. Lives as long as the process. */
final class FunctionLoader extends URLClassLoader {
  private final Map<String, byte[]> compiled;

  private FunctionLoader(Map<String, byte[]> compiled, URL[] jars) {
    super(jars, Objects.requireNonNull(UserFunction.class.getClassLoader()));
    this.compiled = compiled;
  }

  static FunctionLoader of(Map<String, byte[]> compiled, List<Path> jars) {
    URL[] urls = new URL[jars.size()];
    for (int i = 0; i < urls.length; i++) {
      try {
        urls[i] = jars.get(i).toUri().toURL();
      } catch (MalformedURLException e) {
        throw new IllegalStateException("a path has a URL", e);
      }
    }
    return new FunctionLoader(compiled, urls);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes = compiled.get(name);
    return bytes == null ? super.findClass(name) : defineClass(name, bytes, 0, bytes.length);
  }

  @Override
  public @Nullable InputStream getResourceAsStream(String name) {
    byte[] bytes =
        name.endsWith(".class")
            ? compiled.get(name.substring(0, name.length() - ".class".length()).replace('/', '.'))
            : null;
    return bytes == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(bytes);
  }
}
