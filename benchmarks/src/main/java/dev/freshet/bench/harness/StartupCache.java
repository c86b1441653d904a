package dev.freshet.bench.harness;

import dev.freshet.testing.files.WorkFolder;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;

/**
 * Lets a process of our own classes that is started often start fast: the JVM's cache of what it
 * loads (JEP 514), made by running it once. The JVM wants jars for that, so folders of classes are
 * put into some.
 */
public final class StartupCache implements AutoCloseable {
  private static final Duration TRAINING_MAX = Duration.ofMinutes(5);

  private final List<String> options;
  private final Runnable end;

  private StartupCache(List<String> options, Runnable end) {
    this.options = List.copyOf(options);
    this.end = end;
  }

  /** Starts as any program does. */
  public static StartupCache none() {
    return new StartupCache(List.of("-cp", LibraryClassPath.ofThisJvm()), () -> {});
  }

  /**
   * Runs a main class to its end.
   *
   * @param jvmOptions which the processes must be started with too
   * @throws IOException with what the JVM says, when it does not end well, takes too long or writes
   *     no cache
   */
  public static StartupCache train(List<String> jvmOptions, String main)
      throws IOException, InterruptedException {
    WorkFolder folder = WorkFolder.create("freshet-prove-start-");
    try {
      String classPath = jars(folder.path());
      Path cache = folder.path().resolve("classes.aot");
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(jvmOptions);
      command.addAll(List.of("-XX:AOTCacheOutput=" + cache, "-cp", classPath, main));
      command.add(folder.path().resolve("training").toString());
      String said = run(command, folder.path().resolve("said"), TRAINING_MAX);
      if (!Files.exists(cache)) {
        throw new IOException("the JVM wrote no cache of classes: " + said);
      }
      return new StartupCache(
          List.of(
              "-XX:AOTCache=" + cache,
              "-XX:+UnlockDiagnosticVMOptions",
              "-XX:-AOTReplayTraining",
              "-cp",
              classPath),
          folder::close);
    } catch (IOException | InterruptedException e) {
      folder.close();
      throw e;
    }
  }

  /** Returns what a program said that must succeed; it ends with this JVM. */
  static String run(List<String> command, Path output, Duration limit)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Thread hook = Signals.atExit(() -> Signals.kill(process));
    try {
      boolean isLate = !process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      String said = Files.readString(output);
      if (isLate || process.exitValue() != 0) {
        throw new IOException(
            "Failed to run "
                + String.join(" ", command)
                + (isLate ? "; killed after " + limit : "")
                + ": it says "
                + said);
      }
      return said;
    } finally {
      Signals.kill(process);
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }

  private static String jars(Path folder) throws IOException {
    List<String> entries = new ArrayList<>();
    for (String entry : LibraryClassPath.ofThisJvm().split(File.pathSeparator)) {
      Path classes = Path.of(entry);
      if (Files.isDirectory(classes)) {
        Path jar = folder.resolve(entries.size() + ".jar");
        write(classes, jar);
        entries.add(jar.toString());
      } else {
        entries.add(entry);
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  private static void write(Path classes, Path jar) throws IOException {
    try (Stream<Path> files = Files.walk(classes).filter(Files::isRegularFile);
        OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      entries.setLevel(Deflater.NO_COMPRESSION);
      for (Path file : files.toList()) {
        entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, entries);
      }
    }
  }

  /** The class path, and where the cache is. */
  public List<String> options() {
    return options;
  }

  @Override
  public void close() {
    end.run();
  }
}
