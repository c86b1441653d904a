package dev.freshet.bench.recovery;

import dev.freshet.bench.harness.Benchmark;
import dev.freshet.bench.harness.LauncherOptions;
import dev.freshet.bench.harness.LibraryClassPath;
import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Report;
import dev.freshet.bench.harness.Samples;
import dev.freshet.database.Freshet;
import dev.freshet.database.FreshetOptions;
import dev.freshet.measure.Told;
import dev.freshet.testing.files.FileTrees;
import dev.freshet.testing.files.WorkFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * {@code ./bench recovery}: a process with a large state is killed under load, again and again, and
 * started anew; from each kill to the first answer, which must show all that was durable and add
 * up. The kills come at any time between two checkpoints, once the state that was filled is saved;
 * one before, which is told apart, while it is still being saved. Then how fast a log is read
 * again, against how fast it was written.
 */
public final class RecoveryBenchmark implements Benchmark {
  private static final int ROW_BYTES = 100;
  private static final int REPLAYED_ROWS = 1_000_000;
  private static final int REPLAYED_CHANGED = 100;
  private static final double REPLAY_WANTED = 5;

  /** In so many intervals the filled state is saved, and what was changed meanwhile. */
  private static final int SETTLING = 6;

  @Override
  public String name() {
    return "recovery";
  }

  @Override
  public String summary() {
    return "kill to first right answer (--state-mb 1000 --interval 5s --rate 10000 --times 20"
        + " --heap-mb 4096)";
  }

  @Override
  public void run(List<String> arguments, Report report) throws Exception {
    Options options = Options.of(arguments, "state-mb", "interval", "rate", "times", "heap-mb");
    long stateMb = options.number("state-mb", 1_000);
    SplittableRandom random = new SplittableRandom(1);
    try (WorkFolder folder = WorkFolder.create("freshet-bench-recovery-");
        Victim victim =
            new Victim(
                folder.path(),
                stateMb * 1_000_000 / ROW_BYTES,
                options.duration("interval", Duration.ofSeconds(5)),
                options.number("rate", 10_000),
                options.number("heap-mb", 4_096))) {
      victim.train();
      victim.fill();
      victim.pass(victim.interval);
      report.figure("first_answer_while_filled_state_is_saved_ms", victim.killAndAnswer() / 1e6);
      victim.pass(victim.interval.multipliedBy(SETTLING));
      Samples answers = new Samples();
      Samples opened = new Samples();
      for (long i = options.number("times", 20); i > 0; i--) {
        victim.awaitCheckpoint();
        victim.pass(Duration.ofNanos(random.nextLong(victim.interval.toNanos())));
        answers.add(victim.killAndAnswer());
        opened.add(victim.openedNanos);
      }
      victim.kill();
      report.figure("state_file_mb", victim.stateBytes() / 1e6);
      report.figure("first_answer_ms_p50", answers.millis(0.5));
      report.atMost("first_answer_ms_p99", answers.millis(0.99), stateMb <= 1_000 ? 1_000 : 5_000);
      report.figure("open_ms_p50", opened.millis(0.5));
    }
    replay(report);
  }

  /** The process that is killed. One thread owns it. */
  private static final class Victim implements AutoCloseable {
    private final Path folder;
    private final List<String> command = new ArrayList<>();
    private final List<String> arguments;
    private final Duration interval;
    private final Thread hook = new Thread(this::end);
    private boolean isEnding; // guarded by this
    private volatile Optional<Process> process = Optional.empty();
    private Optional<BufferedReader> lines = Optional.empty();
    private double durable;
    private long openedNanos;

    Victim(Path folder, long rows, Duration interval, long rate, long heapMb) throws IOException {
      this.folder = folder;
      this.interval = interval;
      Runtime.getRuntime().addShutdownHook(hook);
      this.arguments =
          List.of(
              folder.resolve("db").toString(),
              String.valueOf(rows),
              String.valueOf(interval.toMillis()),
              String.valueOf(rate));
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(LauncherOptions.ofThisJvm());
      command.addAll(List.of("-Xmx" + heapMb + "m", "-XX:-AOTReplayTraining", "-Xlog:aot*=off"));
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
      command.addAll(List.of("-cp", LibraryClassPath.ofThisJvm()));
    }

    /** Makes a start-up cache, as docs/guides/library.md tells. */
    void train() throws IOException, InterruptedException {
      Path archive = folder.resolve("classes.aot");
      List<String> training = new ArrayList<>(command);
      training.add(1, "-XX:AOTCacheOutput=" + archive);
      training.addAll(List.of(RecoveryWork.class.getName(), folder.resolve("training").toString()));
      Process trained =
          start(new ProcessBuilder(training).redirectOutput(ProcessBuilder.Redirect.DISCARD));
      require(trained.waitFor() == 0 && Files.exists(archive), "the training ended well");
      command.add(1, "-XX:AOTCache=" + archive);
      command.add(RecoveryWork.class.getName());
      command.addAll(arguments);
    }

    private void start() throws IOException {
      lines = Optional.of(start(new ProcessBuilder(command)).inputReader());
    }

    /** The hook ends either this process or, when it has run, lets none be started. */
    private synchronized Process start(ProcessBuilder builder) throws IOException {
      if (isEnding) {
        throw new IllegalStateException("this JVM is ending");
      }
      Process started = builder.redirectErrorStream(true).start();
      process = Optional.of(started);
      return started;
    }

    void fill() throws IOException {
      start();
      awaitDurable(System.nanoTime());
    }

    /** Reads until a time; the last transaction that was told is durable. */
    private void awaitDurable(long until) throws IOException {
      String line = "";
      while (line != null) {
        line = lines.orElseThrow().readLine();
        Optional<Told> told = line == null ? Optional.empty() : Told.read(line);
        if (told.isPresent() && told.get().name().equals(RecoveryWork.DURABLE)) {
          durable = told.get().value();
          if (System.nanoTime() >= until) {
            return;
          }
        } else if (line != null && told.isEmpty()) {
          System.out.println(line);
        }
      }
      throw new IllegalStateException("the process ended by itself");
    }

    void pass(Duration time) throws IOException {
      awaitDurable(System.nanoTime() + time.toNanos());
    }

    /** Goes on until a checkpoint is complete that was not when this was called. */
    void awaitCheckpoint() throws IOException {
      String before = newestManifest();
      while (newestManifest().equals(before)) {
        awaitDurable(System.nanoTime());
      }
    }

    private String newestManifest() throws IOException {
      try (Stream<Path> files = Files.list(state())) {
        return files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.startsWith("manifest-"))
            .max(Comparator.naturalOrder())
            .orElse("");
      }
    }

    private Path state() {
      return folder.resolve("db").resolve("state");
    }

    /** Returns the time from the kill to the first answer. */
    long killAndAnswer() throws IOException, InterruptedException {
      process.orElseThrow().toHandle().destroyForcibly(); // leaves what it told to be read
      long killed = System.nanoTime();
      drain();
      process.orElseThrow().waitFor();
      start();
      double answered = await(RecoveryWork.ANSWERED);
      long took = System.nanoTime() - killed;
      require(answered >= durable, answered + " transactions answered, " + durable + " durable");
      double openedMillis = await(RecoveryWork.OPENED_MILLIS);
      openedNanos = (long) (openedMillis * 1e6);
      System.out.printf("answered after %.0f ms, opened in %.0f ms%n", took / 1e6, openedMillis);
      return took;
    }

    private void drain() throws IOException {
      try (BufferedReader rest = lines.orElseThrow()) {
        for (String line = rest.readLine(); line != null; line = rest.readLine()) {
          Told.read(line)
              .filter(told -> told.name().equals(RecoveryWork.DURABLE))
              .ifPresent(told -> durable = told.value());
        }
      }
    }

    private double await(String figure) throws IOException {
      for (String line = lines.orElseThrow().readLine();
          line != null;
          line = lines.orElseThrow().readLine()) {
        Optional<Told> told = Told.read(line);
        if (told.isPresent() && told.get().name().equals(figure)) {
          return told.get().value();
        }
        System.out.println(line);
      }
      throw new IllegalStateException("the process ended without an answer");
    }

    long stateBytes() throws IOException {
      try (Stream<Path> files = Files.list(state())) {
        return files
            .filter(file -> file.toString().endsWith(".run"))
            .mapToLong(file -> file.toFile().length())
            .sum();
      }
    }

    private synchronized void end() {
      isEnding = true;
      kill();
    }

    private void kill() {
      process.ifPresent(started -> started.destroyForcibly().onExit().join());
    }

    @Override
    public void close() {
      Runtime.getRuntime().removeShutdownHook(hook);
      kill();
    }
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException("not so: " + what);
    }
  }

  /**
   * Updates that were made durable one after the other, and then read again without a checkpoint.
   */
  private static void replay(Report report) throws IOException {
    FreshetOptions never = FreshetOptions.DEFAULT.withCheckpointInterval(Duration.ofDays(1));
    try (WorkFolder folder = WorkFolder.create("freshet-bench-recovery-")) {
      Path copy = folder.path().resolve("copy");
      double writtenPerSecond;
      try (Freshet db = Freshet.open(folder.path().resolve("db"), never)) {
        Items items = Items.fill(db, REPLAYED_ROWS / 10, 1);
        long begin = System.nanoTime();
        for (int done = 0; done < REPLAYED_ROWS; done += REPLAYED_CHANGED) {
          items.update(REPLAYED_CHANGED);
        }
        writtenPerSecond = REPLAYED_ROWS * 1e9 / (System.nanoTime() - begin);
        FileTrees.copy(folder.path().resolve("db"), copy);
      }
      long begin = System.nanoTime();
      try (Freshet db = Freshet.open(copy, never)) {
        double readPerSecond = 1.1 * REPLAYED_ROWS * 1e9 / (System.nanoTime() - begin);
        long updates = Items.updates(db, REPLAYED_ROWS / 10);
        require(updates == REPLAYED_ROWS / REPLAYED_CHANGED, updates + " updates were read again");
        report.figure("written_rows_per_s", writtenPerSecond);
        report.figure("replayed_rows_per_s", readPerSecond);
        report.atLeast("replay_ratio", readPerSecond / writtenPerSecond, REPLAY_WANTED);
      }
    }
  }
}
