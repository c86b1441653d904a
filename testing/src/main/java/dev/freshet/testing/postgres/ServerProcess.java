package dev.freshet.testing.postgres;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The running server and the small shell that watches over it.
 *
 * <pre>
 * this JVM --pipe--> sh --+-- postgres            output to a log file
 *                         +-- sh: read the pipe   at its end: SIGINT to postgres (fast shutdown)
 * </pre>
 *
 * <p>The pipe closes when {@link #stop} closes it and also when this JVM dies in any way, kill -9
 * included: a server never outlives the program that started it. Where {@code setsid} exists the
 * two run in a session of their own, so that Ctrl-C in a terminal reaches the JVM alone, which can
 * then still use its database while it shuts down.
 */
final class ServerProcess {
  private static final String WATCH =
      """
      exec 3<&0
      log=$1
      shift
      "$@" </dev/null >>"$log" 2>&1 3<&- &
      server=$!
      echo "$server"
      exec >/dev/null 2>&1
      (read -r _ <&3; kill -INT "$server") &
      watch=$!
      exec 3<&-
      wait "$server"
      code=$?
      kill "$watch"
      exit "$code"
      """;

  private final Process shell;
  private final long serverPid;

  private ServerProcess(Process shell, long serverPid) {
    this.shell = shell;
    this.serverPid = serverPid;
  }

  static ServerProcess start(List<String> serverCommand, Path log) throws IOException {
    List<String> command = new ArrayList<>();
    if (Programs.exists("setsid")) {
      command.add("setsid");
    }
    command.addAll(List.of("/bin/sh", "-c", WATCH, "freshet-postgres", log.toString()));
    command.addAll(serverCommand);
    Process shell =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    // Read without buffering beyond the line: nothing else follows on this stream.
    try {
      String pid =
          new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8))
              .readLine();
      return new ServerProcess(shell, Long.parseLong(String.valueOf(pid)));
    } catch (NumberFormatException e) {
      shell.destroyForcibly();
      throw new IOException("Cannot start PostgreSQL: the shell that watches it died", e);
    }
  }

  /** The postmaster's process id. */
  long pid() {
    return serverPid;
  }

  boolean isAlive() {
    return shell.isAlive();
  }

  /** Fast shutdown: open transactions are rolled back, a checkpoint is written. */
  void stop(Duration patience) {
    closePipe();
    if (!exited(patience)) {
      signal("QUIT");
      if (!exited(Duration.ofSeconds(5))) {
        kill();
      }
    }
  }

  /** As a crash: SIGKILL, nothing is written. */
  void kill() {
    signal("KILL");
    exited(Duration.ofSeconds(10));
    closePipe();
  }

  private void closePipe() {
    try {
      shell.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException("Failed to close the pipe to PostgreSQL", e);
    }
  }

  private boolean exited(Duration patience) {
    boolean interrupted = false;
    try {
      long deadline = System.nanoTime() + patience.toNanos();
      while (true) {
        try {
          return shell.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void signal(String name) {
    if (shell.isAlive()) {
      Programs.run(List.of("/bin/sh", "-c", "kill -" + name + " " + serverPid));
    }
  }
}
