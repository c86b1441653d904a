package dev.freshet.bench.numbered;

import dev.freshet.bench.harness.Signals;
import dev.freshet.bench.harness.StartupCache;
import dev.freshet.core.crash.CrashPoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Runs {@link NumberedMain}. What it tells goes to a file outside of the disk that it writes to, so
 * that all of it is known whenever the process stands still. One thread owns it.
 */
public final class NumberedProcess implements AutoCloseable {
  private static final int LINES_KEPT = 30;
  static final int SIGKILL_EXIT = 128 + 9;
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-Xmx256m",
          "-XX:+UseSerialGC",
          "-XX:+UseTransparentHugePages",
          "-XX:-UsePerfData",
          "-XX:TieredStopAtLevel=1",
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");
  private static final long POLL_MILLIS = 2;

  private final Process process;
  private final Path output;
  private final Thread hook;
  private final List<Told> told = new ArrayList<>();
  private final ArrayDeque<String> lines = new ArrayDeque<>();
  private int bytesRead;

  private NumberedProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
    this.hook = Signals.atExit(this::release);
  }

  /** Lets processes start fast, at the price of a few seconds now. */
  public static StartupCache trained() throws IOException, InterruptedException {
    return StartupCache.train(JVM_OPTIONS, NumberedMain.class.getName());
  }

  /**
   * @param tracer the command that starts and watches the process; empty for none
   */
  public static NumberedProcess start(List<String> tracer, Path directory, Defect defect)
      throws IOException {
    return start(tracer, StartupCache.none(), directory, defect, Ending.ANY_TIME);
  }

  /** As above, with a process that ends itself. */
  public static NumberedProcess start(
      StartupCache cache, Path directory, Defect defect, Ending ending) throws IOException {
    return start(List.of(), cache, directory, defect, ending);
  }

  private static NumberedProcess start(
      List<String> tracer, StartupCache cache, Path directory, Defect defect, Ending ending)
      throws IOException {
    List<String> command = new ArrayList<>(tracer);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_OPTIONS);
    command.addAll(cache.options());
    if (ending instanceof Ending.AtPoint(CrashPoint point, long count)) {
      command.add(point.option(count));
    }
    DiskCrash crash = ending instanceof Ending.AtDisk(DiskCrash atDisk) ? atDisk : DiskCrash.NONE;
    command.addAll(
        List.of(
            NumberedMain.class.getName(),
            directory.toString(),
            defect.name(),
            crash.toString(),
            NumberedRows.retention(ending).toString()));
    Path output = Files.createTempFile("freshet-prove-told-", ".txt");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      return new NumberedProcess(builder.redirectOutput(output.toFile()).start(), output);
    } catch (IOException e) {
      Files.deleteIfExists(output);
      throw e;
    }
  }

  /** All that it has told, oldest first. */
  public List<Told> told() {
    try {
      byte[] all = Files.readAllBytes(output);
      int end = all.length;
      while (end > bytesRead && all[end - 1] != '\n') {
        end--; // a line that is being written
      }
      new String(all, bytesRead, end - bytesRead, StandardCharsets.UTF_8)
          .lines()
          .forEach(this::keep);
      bytesRead = end;
      return List.copyOf(told);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void keep(String line) {
    Told.read(line).ifPresentOrElse(told::add, () -> lines.add(line));
    if (lines.size() > LINES_KEPT) {
      lines.remove();
    }
  }

  /**
   * The newest transaction that must last: one that was acknowledged, or that it found when it
   * opened the database; 0 when there is none.
   */
  public long lasting() {
    return told().stream()
        .filter(t -> t.kind() != Told.Kind.FAILED)
        .mapToLong(Told::number)
        .max()
        .orElse(0);
  }

  /** How many transactions it has acknowledged. */
  public long acknowledged() {
    return told().stream().filter(t -> t.kind() == Told.Kind.ACKNOWLEDGED).count();
  }

  /** How it ended, its errors, and what it printed besides. */
  public String output() {
    List<String> all = new ArrayList<>();
    if (!process.isAlive()) {
      all.add("exit value " + process.exitValue());
    }
    told().stream().filter(t -> t.kind() == Told.Kind.FAILED).forEach(t -> all.add(t.text()));
    all.addAll(lines);
    return String.join("\n", all);
  }

  /** Waits for what it tells; {@code false} when it ended or the time ran out. */
  public boolean await(Predicate<NumberedProcess> condition, long seconds)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!condition.test(this)) {
      if (System.nanoTime() > deadline || !process.isAlive()) {
        return condition.test(this);
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    return true;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** The process that writes; under a tracer it is that one's child. */
  public long pid() {
    return process.descendants().findFirst().orElse(process.toHandle()).pid();
  }

  /** Whether SIGKILL has ended it. */
  public boolean isKilled() {
    return !process.isAlive() && process.exitValue() == SIGKILL_EXIT;
  }

  /** SIGKILL. Returns when it is gone. */
  public void kill() {
    Signals.kill(process);
  }

  private void release() {
    kill();
    try {
      Files.deleteIfExists(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(hook);
    release();
  }
}
