package dev.freshet.capture.jdbc;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * Opens connections with the driver that knows the address: one of a folder's jars, or one that
 * comes with Freshet, which is PostgreSQL's. Safe for all threads.
 */
public final class JarConnector implements Connector {
  private static final String NO_DRIVER = "08001";

  private final String url;
  private final Properties login = new Properties();
  private final Path folder;
  private final Object lock = new Object();
  private List<Driver> drivers = List.of();

  /**
   * @param url {@code jdbc:...}
   * @param user empty when the address says it, or none is needed
   * @param password empty for none
   * @param folder with the jars of drivers; it need not exist
   */
  public JarConnector(String url, String user, String password, Path folder) {
    this.url = url;
    this.folder = folder;
    if (!user.isEmpty()) {
      login.setProperty("user", user);
    }
    if (!password.isEmpty()) {
      login.setProperty("password", password);
    }
  }

  /**
   * The address without what may be secret: parameters, in whatever way the database writes them,
   * and all before the last {@code @}.
   */
  public String address() {
    String plain = url.replaceFirst("[?;(].*", "").replaceFirst(":[A-Za-z_]+=.*", "");
    int at = plain.lastIndexOf('@');
    int kind = plain.indexOf(':', "jdbc:".length());
    return at < 0 || kind < 0 ? plain : plain.substring(0, kind + 1) + "..." + plain.substring(at);
  }

  @Override
  public String withoutSecrets(String text) {
    String password = login.getProperty("password", "");
    return (password.isEmpty() ? text : text.replace(password, "***")).replace(url, address());
  }

  @Override
  public Connection open() throws SQLException {
    for (Driver driver : drivers()) {
      if (driver.acceptsURL(url)) {
        Connection connection = driver.connect(url, login);
        if (connection != null) {
          return connection;
        }
      }
    }
    forget();
    throw new SQLException(
        "No suitable driver: put the jar of the database's JDBC driver into " + folder, NO_DRIVER);
  }

  /** A jar may come. */
  private void forget() {
    synchronized (lock) {
      drivers = List.of();
    }
  }

  private List<Driver> drivers() {
    synchronized (lock) {
      if (drivers.isEmpty()) {
        drivers = load();
      }
      return drivers;
    }
  }

  @SuppressWarnings("resource") // drivers load classes from their jars as long as they are used
  private List<Driver> load() {
    ClassLoader own = JarConnector.class.getClassLoader();
    List<URL> jars = jars();
    ClassLoader loader = jars.isEmpty() ? own : new URLClassLoader(jars.toArray(URL[]::new), own);
    List<Driver> found = new ArrayList<>();
    try {
      ServiceLoader.load(Driver.class, loader).forEach(found::add);
    } catch (ServiceConfigurationError | UnsupportedClassVersionError e) {
      throw new FreshetException(
          ErrorCode.SOURCE_MISCONFIGURED,
          "Cannot load the JDBC drivers in "
              + folder
              + ": "
              + e.getMessage()
              + ". Fix: put the driver's own jar there, for Java 25 or older.",
          e);
    }
    return found;
  }

  private List<URL> jars() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<URL> jars = new ArrayList<>();
      for (Path file : files.filter(path -> path.toString().endsWith(".jar")).sorted().toList()) {
        jars.add(file.toUri().toURL());
      }
      return jars;
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e); // a file has an address
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.SOURCE_MISCONFIGURED,
          "Cannot read the folder of JDBC drivers " + folder + ": " + e.getMessage(),
          e);
    }
  }
}
