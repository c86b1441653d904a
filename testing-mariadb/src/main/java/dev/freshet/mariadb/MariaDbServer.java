package dev.freshet.mariadb;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real MariaDB 11.4 on 127.0.0.1 with a binary log of rows, owned by this program. Runs as root
 * and as an ordinary user. Ends with {@link #close}, or with this JVM, however that ends: a shell
 * holds the other end of a pipe from here, and stops the server when it closes. Not thread-safe.
 */
public final class MariaDbServer implements AutoCloseable {
  /** A user who may do everything. */
  public static final String ADMIN = "admin";

  /** The password of {@link #ADMIN}. */
  public static final String PASSWORD = "of the tests";

  private static final long PATIENCE_SECONDS = 120;
  private static final String WATCH =
      """
      exec 3<&0
      log=$1
      shift
      "$@" </dev/null >>"$log" 2>&1 3<&- &
      server=$!
      echo "$server"
      exec >/dev/null 2>&1
      (read -r _ <&3; kill -TERM "$server") &
      watch=$!
      exec 3<&-
      wait "$server"
      kill "$watch"
      """;

  private final Path directory;
  private final int port;
  private final List<String> settings;
  private @Nullable Process shell;
  private long pid;

  private MariaDbServer(Path directory, int port, List<String> settings) {
    this.directory = directory;
    this.port = port;
    this.settings = settings;
  }

  /** Whether there is a server for this platform; tests are left out where there is none. */
  public static boolean isHere() {
    return MariaDbBinaries.areHere();
  }

  /**
   * Starts a server; returns once it answers.
   *
   * @param directory for its data, new
   * @param settings further ones, such as {@code --binlog-format=STATEMENT}
   */
  public static MariaDbServer start(Path directory, String... settings) {
    try {
      Path home = MariaDbBinaries.unpacked();
      Files.createDirectories(directory);
      MariaDbBinaries.copyTemplate(home, directory.resolve("data"));
      Files.writeString(
          directory.resolve("init.sql"),
          "CREATE USER IF NOT EXISTS "
              + ADMIN
              + "@'%' IDENTIFIED BY '"
              + PASSWORD
              + "';\nGRANT ALL ON *.* TO "
              + ADMIN
              + "@'%' WITH GRANT OPTION;\n");
      MariaDbServer server = new MariaDbServer(directory, freePort(), List.of(settings));
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it again, on the same port and data, after {@link #stop} or {@link #kill}. */
  public void start() throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of("/bin/sh", "-c", WATCH, "freshet-mariadb", directory.resolve("log").toString()));
    Path home = MariaDbBinaries.unpacked();
    command.addAll(MariaDbBinaries.command(home, directory.resolve("data")));
    command.addAll(
        List.of(
            "--port=" + port,
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--socket=" + directory.resolve("data/s"),
            "--pid-file=" + directory.resolve("data/pid"),
            "--init-file=" + directory.resolve("init.sql"),
            "--ssl-cert=" + home.resolve("tls/cert.pem"),
            "--ssl-key=" + home.resolve("tls/key.pem"),
            "--server-id=1",
            "--log-bin=binlog",
            "--binlog-format=ROW",
            "--default-time-zone=+00:00"));
    command.addAll(settings);
    Process started =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    shell = started;
    pid =
        Long.parseLong(
            new BufferedReader(
                    new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))
                .readLine());
    awaitReady(started);
  }

  private void awaitReady(Process started) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      try (Connection _ = connect()) {
        return;
      } catch (SQLException e) {
        if (!started.isAlive() || System.nanoTime() > deadline) {
          throw new IOException(
              "Cannot start MariaDB: " + Files.readString(directory.resolve("log")), e);
        }
        pause();
      }
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  public int port() {
    return port;
  }

  /** A new connection of {@link #ADMIN}, which the caller closes. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:mariadb://127.0.0.1:" + port + "/?allowMultiQueries=true", ADMIN, PASSWORD);
  }

  /** Runs statements, each as a transaction of its own unless they say otherwise. */
  public void execute(String... statements) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stops it as an administrator does; its data stays. */
  public void stop() {
    Process running = shell;
    if (running == null) {
      return;
    }
    try {
      running.getOutputStream().close();
      if (!running.waitFor(30, TimeUnit.SECONDS)) {
        kill();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    shell = null;
  }

  /** Kills it as a crash would; its data stays. */
  public void kill() {
    Process running = shell;
    if (running == null) {
      return;
    }
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    try {
      running.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    shell = null;
  }

  /** Stops it and deletes its data. */
  @Override
  public void close() {
    stop();
    try {
      MariaDbBinaries.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }
}
