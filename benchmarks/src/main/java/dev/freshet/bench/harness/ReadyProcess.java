package dev.freshet.bench.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A process that says in a line when it is ready, and runs until its standard input ends. It ends
 * with this JVM at the latest. One thread owns it.
 */
public final class ReadyProcess implements AutoCloseable {
  private static final Duration STOP = Duration.ofSeconds(60);

  private final Process process;
  private final Thread hook;
  private final Thread reader;
  private final String told;

  private ReadyProcess(Process process, Thread hook, Thread reader, String told) {
    this.process = process;
    this.hook = hook;
    this.reader = reader;
    this.told = told;
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @param ready how that line begins
   * @param limit after which it is killed
   * @param later takes each line that it prints from then on, in a thread of its own
   * @throws IOException with what it printed, when it ends before, or is not ready in time
   */
  public static ReadyProcess start(
      List<String> command, String ready, Duration limit, Consumer<String> later)
      throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Thread hook = Signals.atExit(() -> Signals.kill(process));
    AtomicBoolean isLate = new AtomicBoolean();
    Thread watch = Thread.ofVirtual().start(() -> killAfter(process, limit, isLate));
    StringBuilder printed = new StringBuilder();
    boolean isReady = false;
    try {
      BufferedReader output = process.inputReader();
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.startsWith(ready)) {
          isReady = true;
          Thread reader = Thread.ofPlatform().daemon().start(() -> output.lines().forEach(later));
          return new ReadyProcess(process, hook, reader, line.substring(ready.length()));
        }
        printed.append(line).append('\n');
      }
    } finally {
      watch.interrupt();
      if (!isReady) {
        Signals.kill(process);
        Runtime.getRuntime().removeShutdownHook(hook);
      }
    }
    throw new IOException(
        "a process "
            + (isLate.get() ? "was not ready after " + limit : "ended before it was ready")
            + ":\n"
            + printed);
  }

  private static void killAfter(Process process, Duration limit, AtomicBoolean isLate) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        isLate.set(true);
        Signals.kill(process);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it is ready, or has ended
    }
  }

  /** What stood behind the words that it is ready. */
  public String told() {
    return told;
  }

  /**
   * Writes this to its standard input, ends that, and waits until the process has ended and all
   * that it printed is taken. To one that has ended already nothing is written.
   *
   * @param last a line or two: what the process does not take in fills its pipe
   * @param limit after which it is killed
   */
  public void finish(String last, Duration limit) throws InterruptedException {
    try (var input = process.outputWriter()) {
      input.write(last);
    } catch (IOException e) {
      // It has ended; what it printed says why.
    }
    awaitEnd(limit);
    reader.join(STOP.toMillis());
  }

  private void awaitEnd(Duration limit) throws InterruptedException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      Signals.kill(process);
    }
  }

  /** CPU seconds that it has used since it began. */
  public double cpuSeconds() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  /** SIGKILL. Returns when it is gone. */
  public void kill() {
    Signals.kill(process);
  }

  /** Ends its standard input, and kills it when it has not ended a minute later. */
  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(hook);
    try {
      process.outputWriter().close();
    } catch (IOException e) {
      // It has ended, or does so below.
    }
    try {
      awaitEnd(STOP);
    } catch (InterruptedException e) {
      Signals.kill(process);
      Thread.currentThread().interrupt();
    }
  }
}
