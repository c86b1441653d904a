package dev.freshet.bench.kill;

import dev.freshet.demo.shop.ConnectionSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What a project that is killed has beside the shop: rows that are posted to it, files that are
 * dropped into a folder, and sinks that keep tables of the shop's PostgreSQL, which nobody
 * captures.
 *
 * <p>The PostgreSQL has tables of the same names as the posted and dropped ones, with what must be
 * in them. A request that got no answer is sent again under the same {@code Idempotency-Key}, as a
 * sender would do, and until then nothing new is posted; so each row must be there once.
 *
 * <p>One thread owns it; rows come from a thread of its own.
 */
final class Inlets implements AutoCloseable {
  /** The sink's table in which no row may be written twice. */
  static final String UNITS_SINK = "kept.units";

  private static final int OK = 200;
  private static final int BUSY = 429;
  private static final int ROWS_OF_REQUEST = 5;
  private static final int ROWS_OF_FILE = 40;
  private static final int REQUESTS_BETWEEN_FILES = 20;
  private static final long PAUSE_MILLIS = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path inbox;
  private final ConnectionSource database;
  private final HttpClient client = HttpClient.newHttpClient();
  private long requests;
  private long files;

  /** Whether the last request may have come or not. */
  private boolean isUnsure;

  private Inlets(Path inbox, ConnectionSource database) {
    this.inbox = inbox;
    this.database = database;
  }

  /**
   * Adds sources, contracts, a model and sinks to a project.
   *
   * @param project the folder of a copy of the shop
   * @param url the PostgreSQL's, with its password
   */
  static Inlets add(Path project, ConnectionSource database, String url)
      throws IOException, SQLException {
    Path inbox = Files.createDirectories(project.resolve("inbox"));
    write(project, "sources/till.yaml", "kind: http\ntables: [till]\n");
    write(
        project,
        "sources/drops.yaml",
        "kind: files\npath: inbox\ntables: [drops]\nsettle: 100ms\npoll-interval: 50ms\n");
    for (String table : new String[] {"till", "drops"}) {
      write(
          project,
          "contracts/" + table + ".yaml",
          "columns: {unit: BIGINT NOT NULL, note: VARCHAR}\n");
    }
    write(
        project,
        "models/gold/units.sql",
        "SELECT unit, COUNT(*) AS times FROM till GROUP BY unit\n");
    sink(project, "units", UNITS_SINK, url);
    sink(project, "revenue_by_country", "kept.revenue_by_country", url);
    try (Connection connection = database.open();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TABLE till (unit bigint NOT NULL, note text);
          CREATE TABLE drops (unit bigint NOT NULL, note text);
          CREATE SCHEMA kept;
          CREATE TABLE kept.units (unit bigint PRIMARY KEY, times bigint NOT NULL);
          CREATE TABLE kept.writes (unit bigint);
          CREATE FUNCTION kept.note_write() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN INSERT INTO kept.writes VALUES (NEW.unit); RETURN NULL; END $$;
          CREATE TRIGGER note_write AFTER INSERT OR UPDATE ON kept.units
          FOR EACH ROW EXECUTE FUNCTION kept.note_write();
          """);
    }
    return new Inlets(inbox, database);
  }

  private static void sink(Path project, String model, String table, String url)
      throws IOException {
    write(
        project,
        "sinks/" + model + ".yaml",
        "kind: postgres\nmodel: " + model + "\nurl: " + url + "\ntable: " + table + "\n");
  }

  private static void write(Path project, String file, String text) throws IOException {
    Path path = project.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /**
   * Posts once more what got no answer.
   *
   * @param address of a process that is ready
   * @throws IOException if it cannot be reached, as when it has died meanwhile
   */
  void settle(URI address) throws IOException, InterruptedException, SQLException {
    if (isUnsure) {
      post(address);
    }
  }

  /**
   * Begins to post rows and drop files, until the process is gone or {@link Load#end}.
   *
   * @param address of a process that is ready
   */
  Load load(URI address) {
    return new Load(address);
  }

  /** Rows that come. */
  final class Load {
    private final Thread thread;
    private volatile boolean hasEnded;
    private volatile String wrong = "";

    private Load(URI address) {
      thread = Thread.ofPlatform().daemon().name("kill-inlets").start(() -> run(address));
    }

    private void run(URI address) {
      try {
        while (!hasEnded) {
          if (requests % REQUESTS_BETWEEN_FILES == 0) {
            drop();
          }
          post(address);
          TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
      } catch (IOException _) {
        // the process has died; what got no answer is posted to the next
      } catch (SQLException | InterruptedException | RuntimeException e) {
        wrong = e.toString();
      }
    }

    /** What the process answered that it should not have; empty when nothing. */
    String wrong() {
      return wrong;
    }

    /** Waits for the request that is under way. */
    void end() throws InterruptedException {
      hasEnded = true;
      if (!thread.join(PATIENCE)) {
        wrong = "a request or a file is under way for more than " + PATIENCE.toSeconds() + " s";
      }
    }
  }

  /** Each row that was written to the table of {@link #UNITS_SINK} more than once. */
  String writtenTwice() throws SQLException {
    try (Connection connection = database.open();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT string_agg(unit::text, ', ') FROM (SELECT unit FROM kept.writes GROUP BY"
                    + " unit HAVING COUNT(*) > 1 ORDER BY unit LIMIT 5) twice")) {
      rows.next();
      String units = rows.getString(1);
      return units == null ? "" : "written more than once to " + UNITS_SINK + ": units " + units;
    }
  }

  /** The request that got no answer, or the next. */
  private void post(URI address) throws IOException, InterruptedException, SQLException {
    isUnsure = true;
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve("/v1/ingest/till"))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", "request-" + requests)
            .POST(
                BodyPublishers.ofString(
                    units(requests, ROWS_OF_REQUEST)
                        .mapToObj(unit -> "{\"unit\": %d, \"note\": \"posted\"}".formatted(unit))
                        .collect(Collectors.joining(", ", "[", "]"))))
            .build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
    if (response.statusCode() == BUSY) {
      return; // nothing was taken; the same comes again
    }
    if (response.statusCode() != OK) {
      throw new IllegalStateException(response.statusCode() + " " + response.body());
    }
    expect("till", "posted", requests, ROWS_OF_REQUEST);
    requests++;
    isUnsure = false;
  }

  /** A file is there whole or not at all. */
  private void drop() throws IOException, SQLException {
    String rows =
        units(files, ROWS_OF_FILE)
            .mapToObj(unit -> unit + ",dropped\n")
            .collect(Collectors.joining("", "unit,note\n", ""));
    Path written = Files.writeString(inbox.resolve(".being-written"), rows);
    Files.move(written, inbox.resolve("drops-" + files + ".csv"), StandardCopyOption.ATOMIC_MOVE);
    expect("drops", "dropped", files, ROWS_OF_FILE);
    files++;
  }

  private static LongStream units(long group, int size) {
    return LongStream.range(group * size, (group + 1) * size);
  }

  private void expect(String table, String note, long group, int size) throws SQLException {
    try (Connection connection = database.open();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO %s SELECT unit, '%s' FROM generate_series(%d, %d) unit"
              .formatted(table, note, group * size, (group + 1) * size - 1));
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
