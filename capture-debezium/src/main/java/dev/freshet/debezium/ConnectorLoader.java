package dev.freshet.debezium;

import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads Debezium together with the jars that the user has put into folders of drivers, so that
 * Debezium sees them. Its own classes are defined here anew, from where Freshet's class path has
 * them; what Debezium and Freshet talk in is shared.
 *
 * <pre>
 *   Freshet's loader    Kafka's Connect API, slf4j, Jackson, and Debezium's bytes
 *     this loader       io.debezium..., drivers, connectors that the user brings
 * </pre>
 */
final class ConnectorLoader extends URLClassLoader {
  /** Of the Debezium that Freshet has; connectors beside it must be of the same. */
  static final String DEBEZIUM_VERSION = "3.5.0.Final";

  private static final List<String> SHARED =
      List.of(
          "java.",
          "javax.",
          "jdk.",
          "sun.",
          "org.apache.kafka.",
          "org.slf4j.",
          "com.fasterxml.jackson.");
  private static final String OURS = "dev.freshet.";
  private static final List<String> DEFINED_HERE =
      List.of("io.debezium.", "com.github.shyiko.", "dev.freshet.debezium.inside.");

  static {
    registerAsParallelCapable();
  }

  private ConnectorLoader(URL[] drivers, ClassLoader parent) {
    super("debezium", drivers, parent);
  }

  /**
   * A loader that sees all jars of the folders; a folder that is not there has none.
   *
   * @throws IOException when a folder cannot be read
   */
  static ConnectorLoader of(List<Path> folders) throws IOException {
    List<URL> jars = new ArrayList<>();
    for (Path folder : folders) {
      for (Path jar : jars(folder)) {
        jars.add(url(jar));
      }
    }
    return new ConnectorLoader(jars.toArray(URL[]::new), ConnectorLoader.class.getClassLoader());
  }

  private static List<Path> jars(Path folder) throws IOException {
    List<Path> jars = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.jar")) {
        found.forEach(jars::add);
      }
    }
    jars.sort(null);
    return jars;
  }

  private static URL url(Path jar) throws MalformedURLException {
    return jar.toUri().toURL();
  }

  /** Work that loads classes by the thread's loader. */
  interface Work<T> {
    T run() throws ReflectiveOperationException;
  }

  /** Runs work of Debezium, which finds its services by the thread's loader. */
  <T> T within(Work<T> work) throws ReflectiveOperationException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(this);
    try {
      return work.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Whether there is such a class. */
  boolean has(String className) {
    try {
      loadClass(className);
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> found = findLoadedClass(name);
      if (found == null) {
        found = find(name);
      }
      if (resolve) {
        resolveClass(found);
      }
      return found;
    }
  }

  private Class<?> find(String name) throws ClassNotFoundException {
    boolean isDefinedHere = DEFINED_HERE.stream().anyMatch(name::startsWith);
    if (!isDefinedHere && (name.startsWith(OURS) || SHARED.stream().anyMatch(name::startsWith))) {
      return getParent().loadClass(name);
    }
    try {
      return findClass(name);
    } catch (ClassNotFoundException e) {
      return isDefinedHere ? defineAnew(name) : getParent().loadClass(name);
    }
  }

  private Class<?> defineAnew(String name) throws ClassNotFoundException {
    try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = in.readAllBytes();
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
