package dev.freshet.bench.sourceload;

import dev.freshet.bench.sourceload.Tables.Dialect;
import dev.freshet.broker.KafkaBroker;
import dev.freshet.broker.Messages;
import dev.freshet.mariadb.MariaDbServer;
import dev.freshet.testing.files.WorkFolder;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The servers that subjects read from, each started when it is needed first. One thread owns it.
 */
final class Origins implements AutoCloseable {
  private final WorkFolder folder = WorkFolder.create("freshet-prove-capture-");
  private @Nullable EmbeddedPostgres postgres;
  private @Nullable KafkaBroker broker;
  private @Nullable Messages messages;
  private @Nullable MariaDbServer mariaDb;
  private int subjects;

  /** A new one of a kind, with an empty origin. */
  Subject subject(Kind kind, SplittableRandom random)
      throws SQLException, IOException, InterruptedException {
    String name = "load" + ++subjects;
    return switch (kind) {
      case POSTGRES -> {
        EmbeddedPostgres server = postgres();
        yield new PostgresSubject(server, tables(server, name), 1 + random.nextInt(12));
      }
      case TRIGGER -> {
        EmbeddedPostgres server = postgres();
        yield new TriggeredSubject(server, tables(server, name));
      }
      case JDBC_POLL -> {
        EmbeddedPostgres server = postgres();
        yield new PolledSubject(server, tables(server, name));
      }
      case MYSQL -> mySql(name);
      case KAFKA -> {
        Messages sender = messages();
        yield new KafkaSubject(sender.address(), sender, name, random);
      }
      case FILES -> new FilesSubject(newFolder(name), random);
      case HTTP -> new HttpSubject(newFolder(name), random);
      case GENERATOR -> new GeneratorSubject(random);
    };
  }

  private Path newFolder(String name) throws IOException {
    return Files.createDirectories(folder.path().resolve(name));
  }

  private static Tables tables(EmbeddedPostgres server, String database) throws SQLException {
    server.createDatabase(database);
    return new Tables(server.connect(database), database, Dialect.POSTGRES);
  }

  private Subject mySql(String database) throws SQLException, IOException {
    MariaDbServer server = mariaDb;
    if (server == null) {
      server = MariaDbServer.start(folder.path().resolve("mariadb"));
      mariaDb = server;
    }
    server.execute("CREATE DATABASE " + database + " CHARACTER SET utf8mb4");
    Connection connection = server.connect();
    connection.setCatalog(database);
    Tables tables = new Tables(connection, database, Dialect.MARIADB);
    return new MySqlSubject(server.port(), tables, newFolder(database));
  }

  private EmbeddedPostgres postgres() {
    EmbeddedPostgres server = postgres;
    if (server == null) {
      server = EmbeddedPostgres.start(folder.path().resolve("postgres"), PostgresOptions.fast());
      postgres = server;
    }
    return server;
  }

  private Messages messages() throws IOException {
    Messages sender = messages;
    if (sender == null) {
      KafkaBroker started = KafkaBroker.start(newFolder("kafka"));
      broker = started;
      sender = new Messages(started.address());
      messages = sender;
    }
    return sender;
  }

  @Override
  public void close() {
    if (messages != null) {
      messages.close();
    }
    if (broker != null) {
      broker.close();
    }
    if (mariaDb != null) {
      mariaDb.close();
    }
    if (postgres != null) {
      postgres.close();
    }
    folder.close();
  }
}
