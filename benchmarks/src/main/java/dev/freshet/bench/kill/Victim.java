package dev.freshet.bench.kill;

import dev.freshet.bench.harness.Signals;
import dev.freshet.demo.shop.ShopDatabase;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A project's process, to be killed or worse. One thread owns it. */
public final class Victim implements AutoCloseable {
  /** The process never gets more: it would end rather than take it. */
  public static final int HEAP_MIB = 1024;

  private static final int OUTPUT_LINES_KEPT = 40;
  private static final long PROBLEMS_SECONDS = 30;
  private static final long ENDING_MILLIS = 10_000;
  private static final int SIGKILL_EXIT = 128 + 9;

  private final Process process;
  private final Thread hook;
  private final Thread reader;
  private final BufferedWriter commands;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final ArrayDeque<String> lastLines = new ArrayDeque<>();

  private Victim(Process process) {
    this.process = process;
    this.commands = process.outputWriter(StandardCharsets.UTF_8);
    this.reader = Thread.ofPlatform().daemon().name("victim-output").unstarted(this::readOutput);
    this.hook = Signals.atExit(this::end);
  }

  /** What becomes of the bytecode of the process. */
  public enum Compiler {
    /** It starts in half of the CPU time, and is slower then: for lives that are short. */
    QUICK("-XX:TieredStopAtLevel=1"),
    /** As {@code ./freshet} has it: for what is measured, or lives long. */
    OPTIMIZING("-XX:+TieredCompilation");

    private final String option;

    Compiler(String option) {
      this.option = option;
    }

    String option() {
      return option;
    }
  }

  /**
   * @param tracer the command that starts and watches the process; empty for none
   * @param jvmOptions more of them
   */
  static Victim start(
      List<String> tracer, List<String> jvmOptions, Path example, String databaseUrl, Path state)
      throws IOException {
    List<String> command = new ArrayList<>(tracer);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(
        List.of(
            "-Xmx" + HEAP_MIB + "m",
            "-XX:+UseSerialGC",
            "-XX:+UseTransparentHugePages",
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            VictimMain.class.getName(),
            example.toAbsolutePath().normalize().toString(),
            state.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put(ShopDatabase.URL_VARIABLE, databaseUrl);
    Victim victim = new Victim(builder.redirectErrorStream(true).start());
    victim.reader.start();
    return victim;
  }

  private void readOutput() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith(VictimMain.ANSWER)) {
          answers.add(line.substring(VictimMain.ANSWER.length()));
        } else {
          keep(line);
        }
      }
    } catch (IOException e) {
      keep("output ended: " + e.getMessage());
    }
  }

  private void keep(String line) {
    synchronized (lastLines) {
      if (lastLines.size() == OUTPUT_LINES_KEPT) {
        lastLines.removeFirst();
      }
      lastLines.addLast(line);
    }
  }

  /** The last lines that the process printed. */
  public String output() {
    synchronized (lastLines) {
      return String.join("\n", lastLines);
    }
  }

  /** The project's process; under a tracer it is that one's child. */
  public long pid() {
    return process.descendants().findFirst().orElse(process.toHandle()).pid();
  }

  public boolean awaitReady(long seconds) throws InterruptedException {
    return "ready".equals(awaitAnswer(seconds));
  }

  /**
   * What a comparison came to.
   *
   * @param text {@code equal}, or what differs; empty when there was no answer
   */
  record Answer(String text) {
    static final Answer NONE = new Answer("");
    static final Answer EQUAL = new Answer("equal");

    boolean isEqual() {
      return equals(EQUAL);
    }
  }

  /** Whether a process can still do something. */
  enum Life {
    RUNNING,
    ENDED
  }

  /** Lets the process compare itself with PostgreSQL. */
  Answer verify(long position, long seconds) throws InterruptedException {
    try {
      commands.write("verify " + position + "\n");
      commands.flush();
    } catch (IOException _) {
      awaitEnd(ENDING_MILLIS); // it does not read any more
      return Answer.NONE;
    }
    return new Answer(awaitAnswer(seconds).replace("\\n", "\n"));
  }

  /** Lets the process take changed models; does not wait for it. */
  void apply() throws IOException {
    commands.write(VictimMain.APPLY + "\n");
    commands.flush();
  }

  /**
   * What the process holds.
   *
   * @throws IOException with what it printed, when it does not answer
   */
  public Usage usage() throws IOException, InterruptedException {
    try {
      commands.write(VictimMain.USAGE + "\n");
      commands.flush();
    } catch (IOException e) {
      throw new IOException("the process has ended: " + output(), e);
    }
    String answer = awaitAnswer(PROBLEMS_SECONDS);
    if (answer.isEmpty()) {
      throw new IOException("the process does not tell what it holds: " + output());
    }
    return Usage.read(answer);
  }

  /** Plants a defect: from now on the process gives nothing back. */
  public void leak() throws IOException {
    commands.write(VictimMain.LEAK + "\n");
    commands.flush();
  }

  /** What the status says is wrong; empty when nothing is, or when there was no answer. */
  public String problems() throws IOException, InterruptedException {
    commands.write(VictimMain.PROBLEMS + "\n");
    commands.flush();
    return awaitAnswer(PROBLEMS_SECONDS).replace("\\n", "\n");
  }

  /** The next answer; empty when the process ended or the time ran out. */
  private String awaitAnswer(long seconds) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (System.nanoTime() < deadline) {
      String answer = answers.poll(100, TimeUnit.MILLISECONDS);
      if (answer != null) {
        return answer;
      }
      if (!process.isAlive()) {
        reader.join(ENDING_MILLIS); // its last words
        return Objects.requireNonNullElse(answers.poll(), "");
      }
    }
    return "";
  }

  /** Waits until it has ended; {@code false} when the time ran out. */
  boolean awaitEnd(long millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  public boolean hasEnded() {
    return life() == Life.ENDED;
  }

  Life life() {
    return process.isAlive() ? Life.RUNNING : Life.ENDED;
  }

  /** SIGKILL; returns whether the process was alive until then. */
  public boolean kill() throws InterruptedException {
    Signals.kill(process);
    return process.waitFor() == SIGKILL_EXIT;
  }

  /** Returns when the process is gone, so that nothing writes to its state any more. */
  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(hook);
    end();
  }

  private void end() {
    Signals.kill(process);
  }
}
