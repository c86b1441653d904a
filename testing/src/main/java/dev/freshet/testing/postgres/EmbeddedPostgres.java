package dev.freshet.testing.postgres;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

/**
 * A real PostgreSQL server on 127.0.0.1 with logical replication switched on, owned by this
 * program: of the version that the build names, 14 to 18.
 *
 * <p>Everything it has lies in one directory:
 *
 * <pre>
 * DIR/data/          the cluster; kept when the server stops, so the next start continues it
 * DIR/postgres.log   what the server says
 * DIR/password       of the superuser "postgres", readable by the owner only
 * </pre>
 *
 * <p>Runs as root and as an ordinary user. Stops with {@link #close} or when this JVM ends, however
 * it ends; then or after {@link #kill} the same directory can be started again. One directory
 * belongs to one server at a time. Thread-safe.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  /** The superuser. */
  public static final String USER = "postgres";

  private static final Duration START_PATIENCE = Duration.ofSeconds(60);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(15);
  private static final int START_ATTEMPTS = 5;

  private final Path dir;
  private final int port;
  private final String password;
  private final ServerProcess process;

  private EmbeddedPostgres(Path dir, int port, String password, ServerProcess process) {
    this.dir = dir;
    this.port = port;
    this.password = password;
    this.process = process;
  }

  /**
   * Starts the server in {@code dir}, which is created, with a new cluster, if it holds none.
   * Returns once it accepts connections.
   *
   * @throws FreshetException {@link ErrorCode#SOURCE_FAILED} if it does not, with the end of the
   *     server's log; {@link ErrorCode#DIRECTORY_IN_USE} if another server runs there
   */
  public static EmbeddedPostgres start(Path dir, PostgresOptions options) {
    try {
      Path home = PostgresBinaries.unpacked();
      Path absolute = dir.toAbsolutePath().normalize();
      Files.createDirectories(absolute);
      Cluster cluster = Cluster.open(absolute, home);
      cluster.awaitPreviousServer(STOP_PATIENCE);
      return start(cluster, absolute, options);
    } catch (IOException | UncheckedIOException e) {
      throw new FreshetException(
          ErrorCode.SOURCE_FAILED, "Cannot start PostgreSQL in " + dir + ": " + e.getMessage(), e);
    }
  }

  private static EmbeddedPostgres start(Cluster cluster, Path dir, PostgresOptions options)
      throws IOException {
    String failure = "";
    for (int attempt = 0; attempt < START_ATTEMPTS; attempt++) {
      int port = options.port() == 0 ? freePort() : options.port();
      ServerProcess process =
          ServerProcess.start(cluster.serverCommand(options.serverSettings(port)), cluster.log());
      if (cluster.awaitReady(process, START_PATIENCE)) {
        return new EmbeddedPostgres(dir, port, cluster.password(), process);
      }
      process.kill();
      failure = cluster.logTail();
      if (!isTransient(failure)) {
        break;
      }
      pause(Duration.ofMillis(300));
    }
    throw new FreshetException(
        ErrorCode.SOURCE_FAILED,
        "Cannot start PostgreSQL in " + dir + ". The server's log ends with:\n" + failure);
  }

  /** A port that another process took first, or children of a killed server that still end. */
  private static boolean isTransient(String log) {
    return log.contains("could not bind") || log.contains("pre-existing shared memory block");
  }

  /** The TCP port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** The postmaster's process id. */
  public long pid() {
    return process.pid();
  }

  /** The superuser's password; different for every cluster. */
  public String password() {
    return password;
  }

  /** The server's log file. */
  public Path log() {
    return dir.resolve(Cluster.LOG);
  }

  /** The address of a database, without credentials. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  /** The address of a database as {@code psql} and most tools take it, without the password. */
  public String uri(String database) {
    return "postgres://" + USER + "@127.0.0.1:" + port + "/" + database;
  }

  /** As {@link #uri} with the password in it: for a program that connects, never for a message. */
  public String uriWithPassword(String database) {
    return "postgres://" + USER + ":" + password + "@127.0.0.1:" + port + "/" + database;
  }

  /** A new connection of the superuser to the database "postgres". The caller closes it. */
  public Connection connect() throws SQLException {
    return connect("postgres");
  }

  /** A new connection of the superuser. The caller closes it. */
  public Connection connect(String database) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", USER);
    properties.setProperty("password", password);
    return DriverManager.getConnection(jdbcUrl(database), properties);
  }

  /** Creates a database owned by the superuser, if there is none of this name. */
  public void createDatabase(String name) throws SQLException {
    try (Connection connection = connect();
        var find = connection.prepareStatement("SELECT 1 FROM pg_database WHERE datname = ?");
        var create = connection.createStatement()) {
      find.setString(1, name);
      try (var found = find.executeQuery()) {
        if (!found.next()) {
          create.execute("CREATE DATABASE \"" + name.replace("\"", "\"\"") + "\"");
        }
      }
    }
  }

  public boolean isRunning() {
    return process.isAlive();
  }

  /** Stops it cleanly: open transactions are rolled back. Does nothing if it has stopped. */
  @Override
  public void close() {
    process.stop(STOP_PATIENCE);
  }

  /** Kills it as a crash would. The next start recovers from the write-ahead log. */
  public void kill() {
    process.kill();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  static void pause(Duration duration) throws IOException {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
