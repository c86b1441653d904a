package dev.freshet.files;

import dev.freshet.capture.Capture;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.contracts.Contract;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.port.Scheduler.Task;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.files.store.FileStore;
import dev.freshet.files.store.LocalFiles;
import dev.freshet.sourcetest.RecordingLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Files of the tables {@code long}, {@code logs} and {@code users}, whose source does nothing by
 * itself: a test takes each of its steps, and moves its clock. Of {@code users} {@code id} is key.
 */
final class SteppedFiles implements AutoCloseable {
  private static final int STEPS_MAX = 20_000;

  private final Path folder;
  private final Path state;
  private final FilesSettings settings;
  private final ClockByHand clock = new ClockByHand();
  private RecordingLog log = new RecordingLog();
  private Capture capture;
  private Task task;
  private FileStore store;

  /** Its files have times of this clock. */
  private static final class ClockByHand implements Clock {
    private static final long BEGIN_MICROS = 1_700_000_000_000_000L;

    private long nanos;

    @Override
    public long wallMicros() {
      return BEGIN_MICROS + nanos / 1_000;
    }

    @Override
    public long nanos() {
      return nanos;
    }
  }

  /** Of a task that runs when the test says so. */
  private static final class Idle implements Scheduler.Handle {
    @Override
    public void wake() {
      // it is run anyway
    }

    @Override
    public boolean isDone() {
      return true;
    }

    @Override
    public @Nullable Throwable failure() {
      return null;
    }

    @Override
    public void cancel() {
      // it does not run
    }

    @Override
    public boolean join(long millis) {
      return true;
    }
  }

  private final PausedTables paused = PausedTables.ofProcess();

  SteppedFiles(Path directory, Duration settle, Duration patience) throws IOException {
    this.folder = Files.createDirectories(directory.resolve("inbox"));
    this.store = new LocalFiles(folder);
    this.state = Files.createDirectories(directory.resolve("state"));
    this.settings =
        FilesSettings.of(
                "inbox",
                List.of(
                    new TablePattern("long", "long"),
                    new TablePattern("logs", "logs"),
                    new TablePattern("users", "users")))
            .with(Duration.ofMillis(250), settle, patience);
    start();
  }

  private static Contract contract(String table, List<String> key) {
    return new Contract(
        table,
        new Schema(
            List.of(
                new Column("id", Simple.BIGINT, Column.Nullability.NOT_NULL),
                new Column("text", Simple.VARCHAR, Column.Nullability.NULLABLE))),
        key,
        "",
        "");
  }

  private FilesSource source() {
    Map<String, Contract> contracts =
        Map.of(
            "long", contract("long", List.of()),
            "logs", contract("logs", List.of()),
            "users", contract("users", List.of("id")));
    return new FilesSource(settings, () -> store, contracts, () -> new LocalStorage(state))
        .pausing(paused);
  }

  SourceCheck check() {
    return source().check(log.resume());
  }

  private void start() {
    Scheduler scheduler =
        (_, started) -> {
          task = started;
          return new Idle();
        };
    capture = source().start(scheduler, clock, log.resume(), log);
    log.follows(capture);
  }

  PausedTables paused() {
    return paused;
  }

  /** Starts again, with all of the log and nothing else. */
  void crash() {
    log = RecordingLog.ofFirst(log, log.size());
    start();
  }

  /** Starts again, with files of another store. */
  void through(FileStore other) {
    store = other;
    crash();
  }

  /** Does a piece of work, and returns how long it wants to wait for the next. */
  Duration pause() throws Exception {
    return task.run() instanceof Next.After after ? Duration.ofNanos(after.nanos()) : Duration.ZERO;
  }

  /** Some time goes by, and nothing happens in it. */
  void pass(Duration time) {
    clock.nanos += time.toNanos();
  }

  /** Does a piece of work; returns whether more is to be done at once. */
  boolean step() throws Exception {
    return task.run() instanceof Next.Now;
  }

  void stepUntil(BooleanSupplier isSo) throws Exception {
    for (int steps = 0; !isSo.getAsBoolean(); steps++) {
      if (steps > STEPS_MAX) {
        throw new AssertionError("It did not come to that: " + capture.status());
      }
      step();
    }
  }

  void stepUntilIdle() throws Exception {
    int steps = 0;
    while (step()) {
      if (steps++ > STEPS_MAX) {
        throw new AssertionError("It is never idle: " + capture.status());
      }
    }
  }

  void write(String name, String text) throws IOException {
    touch(Files.writeString(folder.resolve(name), text));
  }

  void append(String name, String text) throws IOException {
    touch(
        Files.writeString(
            folder.resolve(name), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
  }

  private void touch(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(clock.wallMicros(), TimeUnit.MICROSECONDS));
  }

  RecordingLog log() {
    return log;
  }

  /** The rows of a table as they came, or the last of each key. */
  List<String> rows(String table) {
    return log.content().getOrDefault(table, List.of());
  }

  State state() {
    return capture.status().state();
  }

  String trouble() {
    return capture.status().lastError();
  }

  /** What became of files, one a record of the log. */
  List<FilePosition> positions() {
    return log.all().stream().map(changes -> FilePosition.read(changes.position())).toList();
  }

  @Override
  public void close() {
    capture.close();
  }
}
