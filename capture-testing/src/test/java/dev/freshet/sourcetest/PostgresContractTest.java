package dev.freshet.sourcetest;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.jdbc.Connector;
import dev.freshet.capture.postgres.PostgresConfig;
import dev.freshet.capture.postgres.PostgresConfig.TableChoice;
import dev.freshet.capture.postgres.PostgresSource;
import dev.freshet.capture.postgres.SlotMemory;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The replication of PostgreSQL. */
class PostgresContractTest extends SourceContract {
  private static final String SLOTS =
      "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots";

  @TempDir private static Path home;
  private static EmbeddedPostgres server;
  private static int databases;

  @BeforeAll
  static void startServer() {
    PostgresOptions options =
        PostgresOptions.fast().with("max_replication_slots", "60").with("max_wal_senders", "60");
    server = EmbeddedPostgres.start(home.resolve("postgres"), options);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  private record Fresh(String name) implements Database {
    @Override
    public Connector connector() {
      return () -> server.connect(name);
    }

    @Override
    public String badRow() {
      return "INSERT INTO orders (id, item, amount) VALUES (6, 'no number', 'NaN')";
    }

    @Override
    public String numbers() {
      return "SELECT i FROM generate_series(1000, 11999) AS i";
    }

    @Override
    public boolean readsAnewForAColumn() {
      return false;
    }

    @Override
    public void drop() {
      new RecordingLog().await(() -> count("pg_replication_slots WHERE active") == 0);
      sql(SLOTS);
      try (var connection = server.connect();
          var statement = connection.createStatement()) {
        statement.execute("DROP DATABASE " + name + " WITH (FORCE)");
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  protected SourceFixture fixture(Path directory) {
    String name = "contract" + databases++;
    try {
      server.createDatabase(name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return new Fixture(new Fresh(name));
  }

  private static final class Fixture extends OrdersFixture {
    private static final String FIRST = "freshet_first";
    private int sources;

    Fixture(Database database) {
      super(database);
    }

    @Override
    void widen() {
      // told by the stream
    }

    @Override
    public Source source(Storage state) {
      String slot = sources++ == 0 ? FIRST : "freshet_copy_" + sources;
      return new AtItsSlot(database, new Untold(postgres(slot), offers), slot);
    }

    private PostgresSource postgres(String slot) {
      String url = server.uriWithPassword(((Fresh) database).name());
      return new PostgresSource(
          PostgresConfig.of("shop", url, List.of(TableChoice.of(TABLE)))
              .withSlot(slot, "freshet_shop"),
          SlotMemory.ofProcess());
    }
  }

  /**
   * A source that goes on from its log finds the slot as it was then: a copy of the first one,
   * which was never told what is durable, as a slot moves on with those who read it.
   */
  private record AtItsSlot(Database database, Source source, String slot) implements Source {
    @Override
    public String name() {
      return source.name();
    }

    @Override
    public boolean continuesParts() {
      return source.continuesParts();
    }

    @Override
    public SourceCheck check(Resume resume) {
      return source.check(resume);
    }

    @Override
    public Capture start(Scheduler scheduler, Clock clock, Resume resume, ChangeSink sink) {
      if (resume instanceof Resume.After && !slot.equals(Fixture.FIRST)) {
        database.sql(
            "SELECT pg_copy_logical_replication_slot('" + Fixture.FIRST + "', '" + slot + "')");
      }
      return source.start(scheduler, clock, resume, sink);
    }
  }
}
