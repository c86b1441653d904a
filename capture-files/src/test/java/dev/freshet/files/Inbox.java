package dev.freshet.files;

import dev.freshet.capture.Capture;
import dev.freshet.contracts.Contract;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import dev.freshet.files.store.FileStore;
import dev.freshet.files.store.LocalFiles;
import dev.freshet.sourcetest.RecordingLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A folder that is read into table {@code t}, and the log that its rows go to. */
final class Inbox implements AutoCloseable {
  private final Path folder;
  private final Path state;
  private final Contract contract;
  private final FilesSettings settings;
  private final Scheduler scheduler = Scheduler.threads();
  private Supplier<FileStore> stores;
  private RecordingLog log = new RecordingLog();
  private Capture capture;

  Inbox(Path directory, UnaryOperator<FilesSettings> change, Contract contract) throws IOException {
    this.folder = Files.createDirectories(directory.resolve("inbox"));
    this.state = Files.createDirectories(directory.resolve("state"));
    this.stores = () -> new LocalFiles(folder);
    this.contract = contract;
    this.settings =
        change.apply(
            FilesSettings.of("inbox", List.of(new TablePattern("t", "**")))
                .with(Duration.ofMillis(10), Duration.ZERO, Duration.ofMillis(200)));
  }

  /** Columns as pairs of name and type, without a key. */
  static Contract columns(Object... namesAndTypes) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < namesAndTypes.length; i += 2) {
      columns.add(Column.nullable((String) namesAndTypes[i], (DataType) namesAndTypes[i + 1]));
    }
    return new Contract("t", new Schema(columns), List.of(), "", "");
  }

  Path folder() {
    return folder;
  }

  /** Reads the files by way of another store from the next start on. */
  void through(FileStore other) {
    through(() -> other);
  }

  /** As above, by another one each time. */
  void through(Supplier<FileStore> others) {
    stores = others;
  }

  FilesSource source() {
    return new FilesSource(settings, stores, Map.of("t", contract), () -> new LocalStorage(state));
  }

  void start() {
    capture = source().start(scheduler, Clock.system(), log.resume(), log);
    log.follows(capture);
  }

  void stop() {
    capture.close();
  }

  /** The next start finds a log of only these records. */
  void crash(int kept) {
    capture.close();
    log = RecordingLog.ofFirst(log, kept);
  }

  RecordingLog log() {
    return log;
  }

  Capture capture() {
    return capture;
  }

  /** Adds to a file at its end. */
  void append(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text, StandardOpenOption.APPEND);
  }

  /** A file that appears whole. */
  void put(String name, byte[] bytes) throws IOException {
    Files.createDirectories(folder.resolve(name).getParent());
    Path temporary = Files.write(folder.resolve(name + ".tmp"), bytes);
    Files.move(
        temporary,
        folder.resolve(name),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  void put(String name, String text) throws IOException {
    put(name, text.getBytes(StandardCharsets.UTF_8));
  }

  List<String> rows() {
    return log.content().getOrDefault("t", List.of());
  }

  /** Waits until these are the rows, sorted. */
  void awaitRows(String... rows) {
    log.await(() -> rows().equals(List.of(rows)));
  }

  void awaitRefused(int count) {
    log.await(() -> log.refused().size() == count);
  }

  String refusal(int index) {
    return log.refused().get(index).reason();
  }

  @Override
  public void close() {
    if (capture != null) {
      capture.close();
    }
  }
}
