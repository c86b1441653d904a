package dev.freshet.files;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Source;
import dev.freshet.contracts.Contract;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.files.store.FileStore;
import dev.freshet.files.store.LocalFiles;
import dev.freshet.sourcetest.SourceFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Files of two tables; one is longer than a batch, one has a bad row. */
final class FilesFixture implements SourceFixture {
  static final Contract EVENTS =
      new Contract(
          "events",
          new Schema(
              List.of(
                  new Column("n", Simple.BIGINT, Column.Nullability.NOT_NULL),
                  new Column("text", Simple.VARCHAR, Column.Nullability.NULLABLE))),
          List.of(),
          "",
          "");
  static final Contract USERS =
      new Contract(
          "users",
          new Schema(
              List.of(
                  new Column("id", Simple.BIGINT, Column.Nullability.NOT_NULL),
                  new Column("name", Simple.VARCHAR, Column.Nullability.NULLABLE))),
          List.of("id"),
          "",
          "");
  private static final int LONG_ROWS = 25_000;

  private final Supplier<FileStore> stores;
  private final BiConsumer<String, String> writer;
  private final AutoCloseable whenDone;
  private final List<String> events = new ArrayList<>();

  /** In a folder, which goes with the test. */
  FilesFixture(Path folder) {
    this(() -> new LocalFiles(folder), (path, text) -> write(folder, path, text), () -> {});
  }

  FilesFixture(
      Supplier<FileStore> stores, BiConsumer<String, String> writer, AutoCloseable whenDone) {
    this.stores = stores;
    this.writer = writer;
    this.whenDone = whenDone;
    StringBuilder big = new StringBuilder("n,text\n");
    for (int i = 0; i < LONG_ROWS; i++) {
      big.append(i).append(",\"line one\nof ").append(i).append("\"\n");
      events.add("{\"n\":" + i + ",\"text\":\"line one\\nof " + i + "\"}");
    }
    write("events-1.csv", big.toString());
    write("events/2.jsonl", "{\"n\": -1, \"text\": \"a\"}\n{\"n\": \"many\"}\n{\"n\": -2}\n");
    events.add("{\"n\":-1,\"text\":\"a\"}");
    events.add("{\"n\":-2,\"text\":null}");
    write("users.csv", "id;name\n1;ada\n2;grace\n");
  }

  static FilesSettings settings() {
    return FilesSettings.of(
            "inbox",
            List.of(new TablePattern("events", "events"), new TablePattern("users", "users")))
        .with(Duration.ofMillis(20), Duration.ZERO, Duration.ofMillis(300));
  }

  private void write(String path, String text) {
    writer.accept(path, text);
  }

  private static void write(Path folder, String path, String text) {
    try {
      Path file = folder.resolve(path);
      Files.createDirectories(file.getParent());
      Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
      Files.writeString(temporary, text);
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public WhenFull whenFull() {
    return WhenFull.WAITS;
  }

  @Override
  public Source source(Storage state) {
    return source(state, USERS);
  }

  private Source source(Storage state, Contract users) {
    return new FilesSource(
        settings(), stores, Map.of("events", EVENTS, "users", users), () -> state);
  }

  @Override
  public Claim<RowHistory> rowHistory() {
    return new Claim.Made<>(
        new RowHistory(
            "users",
            "id=2",
            List.of("{\"id\":2,\"name\":\"grace\"}", "{\"id\":2,\"name\":\"hopper\"}")));
  }

  @Override
  public Claim<Widened> widened() {
    List<Column> columns = new ArrayList<>(USERS.schema().columns());
    columns.add(Column.nullable("city", Simple.VARCHAR));
    Contract wider = new Contract("users", new Schema(columns), List.of("id"), "", "");
    return new Claim.Made<>(
        new Widened() {
          @Override
          public Source source(Storage state) {
            return FilesFixture.this.source(state, wider);
          }

          @Override
          public void provide(Capture running) {
            write("users-3.csv", "id,name,city\n9,kay,Oslo\n");
          }

          @Override
          public Map<String, List<String>> content() {
            Map<String, List<String>> content = new TreeMap<>(FilesFixture.this.content());
            List<String> users = new ArrayList<>(content.get("users"));
            users.add("{\"id\":9,\"name\":\"kay\",\"city\":\"Oslo\"}");
            content.put("users", users);
            return content;
          }
        });
  }

  @Override
  public void provide(Capture running) {
    // the files are there
  }

  @Override
  public void provideMore(Capture running) {
    write("users-2.csv", "id,name\n2,hopper\n3,mary\n");
  }

  @Override
  public Map<String, List<String>> content() {
    Map<String, List<String>> content = new TreeMap<>();
    content.put("events", events.stream().sorted().toList());
    content.put("users", List.of("{\"id\":1,\"name\":\"ada\"}", "{\"id\":2,\"name\":\"grace\"}"));
    return content;
  }

  @Override
  public Map<String, List<String>> moreContent() {
    Map<String, List<String>> content = new TreeMap<>(content());
    content.put(
        "users",
        List.of(
            "{\"id\":1,\"name\":\"ada\"}",
            "{\"id\":2,\"name\":\"hopper\"}",
            "{\"id\":3,\"name\":\"mary\"}"));
    return content;
  }

  @Override
  public int refused() {
    return 1;
  }

  @Override
  public void close() {
    try {
      whenDone.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
