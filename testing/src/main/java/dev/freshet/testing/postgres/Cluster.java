package dev.freshet.testing.postgres;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.testing.files.FileTrees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files of one server: its cluster, log and password. Not thread-safe. */
final class Cluster {
  static final String LOG = "postgres.log";

  private static final String DATA = "data";
  private static final int TAIL_LINES = 15;
  private static final Pattern MAJOR_VERSION = Pattern.compile("\\) (\\d+)");
  private static final int BUILTIN_LOCALES_SINCE = 17;
  private static final Duration POLL = Duration.ofMillis(10);

  private final Path dir;
  private final Path home;
  private final ServerAccount account;
  private final String password;

  private Cluster(Path dir, Path home, ServerAccount account, String password) {
    this.dir = dir;
    this.home = home;
    this.account = account;
    this.password = password;
  }

  /** Opens the cluster in {@code dir}, and makes a new one if there is none. */
  static Cluster open(Path dir, Path home) throws IOException {
    Path passwordFile = dir.resolve("password");
    Path data = dir.resolve(DATA);
    boolean isNew = !Files.isDirectory(data);
    ServerAccount account = ServerAccount.forDirectory(isNew ? dir : data);
    if (isNew) {
      initialise(dir, home, account, passwordFile);
    }
    String password = Files.readString(passwordFile).strip();
    if (!Files.exists(dir.resolve(LOG))) {
      Files.createFile(dir.resolve(LOG));
    }
    return new Cluster(dir, home, account, password);
  }

  /** Makes the cluster beside its place and renames it, so that half a cluster is never used. */
  private static void initialise(Path dir, Path home, ServerAccount account, Path passwordFile)
      throws IOException {
    Path unfinished = dir.resolve(DATA + ".initialising");
    FileTrees.delete(unfinished);
    Files.createDirectory(
        unfinished,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    account.own(unfinished);
    writePassword(passwordFile);
    account.own(passwordFile);
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin/initdb").toString());
    command.add("--pgdata=" + unfinished);
    command.add("--username=" + EmbeddedPostgres.USER);
    command.add("--pwfile=" + passwordFile);
    command.addAll(List.of("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"));
    if (majorVersion(home) >= BUILTIN_LOCALES_SINCE) {
      // Orders by code point and folds case for all of Unicode, alike on every platform.
      command.addAll(List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
    }
    command.addAll(List.of("--no-instructions", "--no-sync"));
    Programs.Outcome outcome = Programs.run(account.command(command));
    if (outcome.exitCode() != 0) {
      FileTrees.delete(unfinished);
      throw new IOException("initdb failed: " + outcome.output().strip());
    }
    Files.move(unfinished, dir.resolve(DATA), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Of {@code postgres (PostgreSQL) 17.5} it is 17. */
  private static int majorVersion(Path home) throws IOException {
    String version =
        Programs.run(List.of(home.resolve("bin/postgres").toString(), "--version")).output();
    Matcher digits = MAJOR_VERSION.matcher(version);
    if (!digits.find()) {
      throw new IOException("postgres --version says: " + version.strip());
    }
    return Integer.parseInt(digits.group(1));
  }

  private static void writePassword(Path file) throws IOException {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, HexFormat.of().formatHex(random) + "\n");
  }

  String password() {
    return password;
  }

  Path log() {
    return dir.resolve(LOG);
  }

  List<String> serverCommand(Map<String, String> settings) {
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin/postgres").toString());
    command.add("-D");
    command.add(dir.resolve(DATA).toString());
    settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    return account.command(command);
  }

  /**
   * Waits for a server that another program has left behind here and that is still stopping.
   *
   * @throws FreshetException {@link ErrorCode#DIRECTORY_IN_USE} if it is still there in the end
   */
  void awaitPreviousServer(Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (previousServerRuns()) {
      if (System.nanoTime() > deadline) {
        throw new FreshetException(
            ErrorCode.DIRECTORY_IN_USE,
            "Cannot start PostgreSQL in "
                + dir
                + ": the server with process id "
                + pidFileLine(0)
                + " runs there. Stop it, or choose another directory.");
      }
      EmbeddedPostgres.pause(POLL);
    }
  }

  private boolean previousServerRuns() throws IOException {
    String pid = pidFileLine(0);
    return !pid.isEmpty()
        && ProcessHandle.of(Long.parseLong(pid))
            .flatMap(process -> process.info().command())
            .filter(command -> command.endsWith("/postgres"))
            .isPresent();
  }

  /** Whether the server came to accept connections; false if it ended or took too long. */
  boolean awaitReady(ServerProcess server, Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    String pid = Long.toString(server.pid());
    while (server.isAlive() && System.nanoTime() < deadline) {
      // The eighth line of postmaster.pid is the state that pg_ctl waits for too.
      if (pidFileLine(7).equals("ready") && pidFileLine(0).equals(pid)) {
        return true;
      }
      EmbeddedPostgres.pause(POLL);
    }
    return false;
  }

  private String pidFileLine(int index) throws IOException {
    Path file = dir.resolve(DATA).resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return "";
    }
    List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    return index < lines.size() ? lines.get(index).strip() : "";
  }

  String logTail() throws IOException {
    List<String> lines = Files.readAllLines(log(), StandardCharsets.UTF_8);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
  }
}
