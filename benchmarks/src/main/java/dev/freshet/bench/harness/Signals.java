package dev.freshet.bench.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Halts processes, lets them go on, and ends them. */
public final class Signals {
  private static final long STOP_SECONDS = 10;

  private Signals() {}

  /**
   * Sends SIGSTOP, and returns when every thread of the process stands still.
   *
   * @throws IOException when it did not stop
   */
  public static void stop(long pid) throws IOException, InterruptedException {
    Commands.require("kill", "-STOP", String.valueOf(pid));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
    while (!isStopped(pid)) {
      if (System.nanoTime() > deadline) {
        throw new IOException("process " + pid + " did not stop");
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  /**
   * Sends SIGKILL to a process and to those that it has started. Returns when they are gone, and
   * {@code process} tells its exit value.
   */
  public static void kill(Process process) {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(each -> each.onExit().join());
    process.onExit().join(); // a handle may know of the end a moment before the process does
  }

  /**
   * Ends a process together with this JVM. Where this JVM is already ending, that is at once, as
   * nothing else would do it.
   *
   * @return the hook, to be removed when the process has ended
   * @throws IllegalStateException when this JVM is ending
   */
  public static Thread atExit(Runnable end) {
    Thread hook = new Thread(end);
    try {
      Runtime.getRuntime().addShutdownHook(hook);
      return hook;
    } catch (IllegalStateException e) {
      end.run();
      throw e;
    }
  }

  /** Sends SIGCONT. */
  public static void go(long pid) throws IOException, InterruptedException {
    Commands.require("kill", "-CONT", String.valueOf(pid));
  }

  /** A process that waits for its disk cannot be stopped until the disk has answered. */
  private static boolean isStopped(long pid) throws IOException {
    try (var tasks = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (Path task : tasks) {
        if (!state(task).equals("T")) {
          return false;
        }
      }
    }
    return true;
  }

  /** The letter behind the name, which stands in brackets and may hold anything. */
  private static String state(Path task) throws IOException {
    try {
      String line = Files.readString(task.resolve("stat"));
      int end = line.lastIndexOf(')');
      return line.substring(end + 2, end + 3);
    } catch (NoSuchFileException e) {
      return "T"; // a thread that has ended writes nothing any more
    }
  }
}
