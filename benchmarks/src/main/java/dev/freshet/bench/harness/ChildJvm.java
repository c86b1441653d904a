package dev.freshet.bench.harness;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.measure.Told;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Java process of its own, so that what it measures (memory, CPU time, what the compilers have
 * learnt) is of nothing else. It tells its results as {@link Told} lines.
 */
public final class ChildJvm {
  private static final int LINES_SHOWN = 30;

  private final String classPath;
  private final List<String> jvmOptions;

  /**
   * What a process told.
   *
   * @param noteMillis by name of a note, the time from the start of the process until it came
   */
  public record Outcome(
      Map<String, Double> figures, Map<String, String> notes, Map<String, Double> noteMillis) {
    /** A figure; NaN when the process did not tell it. */
    public double figure(String name) {
      return figures.getOrDefault(name, Double.NaN);
    }
  }

  private ChildJvm(String classPath, List<String> jvmOptions) {
    this.classPath = classPath;
    this.jvmOptions = jvmOptions;
  }

  /** With our own classes, and the options that {@code bin/launch.sh} gives to Freshet. */
  public static ChildJvm ofFreshet(String... jvmOptions) {
    List<String> options = new ArrayList<>();
    options.add("-XX:+UseG1GC");
    options.add("-XX:+UseTransparentHugePages");
    options.add("-XX:-UsePerfData");
    options.add("--sun-misc-unsafe-memory-access=allow");
    options.addAll(Arrays.asList(jvmOptions));
    return ofOwnClasses(options.toArray(String[]::new));
  }

  /** With our own classes, and no options but these. */
  public static ChildJvm ofOwnClasses(String... jvmOptions) {
    return new ChildJvm(System.getProperty("java.class.path"), List.of(jvmOptions));
  }

  /**
   * With the classes of another engine, {@code peers/NAME}, which are built first when needed.
   *
   * @throws FreshetException {@link ErrorCode#CONFIG_NOT_FOUND} when it cannot be built
   */
  public static ChildJvm ofPeer(String name, String... jvmOptions) {
    return new ChildJvm(peerClassPath(name), List.of(jvmOptions));
  }

  /** The command that runs a main class, for who starts and ends the process himself. */
  public List<String> command(String main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /**
   * Runs a main class to its end.
   *
   * @throws FreshetException {@link ErrorCode#TIMED_OUT} when it takes longer than the limit, and
   *     is then killed; {@link ErrorCode#INVARIANT_BROKEN} with its last lines when it fails
   */
  public Outcome run(String main, Duration limit, String... arguments) throws IOException {
    List<String> command = command(main, arguments);
    long started = System.nanoTime();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Thread hook = Signals.atExit(process::destroyForcibly);
    Thread watch = Thread.ofVirtual().start(() -> endAfter(process, limit));
    Outcome outcome = new Outcome(new HashMap<>(), new HashMap<>(), new HashMap<>());
    Deque<String> last = new ArrayDeque<>();
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        hear(line, (System.nanoTime() - started) / 1e6, outcome, last);
      }
      int exit = process.waitFor();
      if (exit != 0) {
        boolean late = System.nanoTime() - started >= limit.toNanos();
        throw new FreshetException(
            late ? ErrorCode.TIMED_OUT : ErrorCode.INVARIANT_BROKEN,
            "Failed to run: "
                + main
                + " "
                + String.join(" ", arguments)
                + (late ? "; killed after " + limit : "; it ended with " + exit)
                + ". Its last lines:\n"
                + String.join("\n", last));
      }
      return outcome;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FreshetException(ErrorCode.TIMED_OUT, "Interrupted while " + main + " ran", e);
    } finally {
      process.destroyForcibly();
      watch.interrupt();
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }

  private static void hear(String line, double millis, Outcome outcome, Deque<String> last) {
    Told told = Told.read(line).orElse(null);
    if (told == null) {
      last.addLast(line);
      if (last.size() > LINES_SHOWN) {
        last.removeFirst();
      }
      return;
    }
    switch (told.kind()) {
      case FIGURE -> outcome.figures().put(told.name(), told.value());
      case NOTE -> {
        outcome.notes().put(told.name(), told.text());
        outcome.noteMillis().putIfAbsent(told.name(), millis);
      }
    }
  }

  private static void endAfter(Process process, Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the process has ended
    }
  }

  private static String peerClassPath(String name) {
    String home = System.getProperty("freshet.home", "");
    if (home.isEmpty()) {
      throw new FreshetException(
          ErrorCode.CONFIG_NOT_FOUND,
          "Cannot find the sources of the peer " + name + ": start benchmarks with ./bench");
    }
    try {
      ProcessBuilder builder =
          new ProcessBuilder(Path.of(home, "bin", "peer").toString(), name)
              .redirectError(ProcessBuilder.Redirect.INHERIT);
      Process process = builder.start();
      process.getOutputStream().close();
      String classPath = new String(process.getInputStream().readAllBytes()).strip();
      if (process.waitFor() == 0 && !classPath.isEmpty()) {
        return classPath;
      }
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.CONFIG_NOT_FOUND, "Cannot build the peer " + name + ": bin/peer failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new FreshetException(
        ErrorCode.CONFIG_NOT_FOUND,
        "Cannot build the peer "
            + name
            + ": see the lines above; ./bench needs Maven and its"
            + " libraries for that");
  }
}
