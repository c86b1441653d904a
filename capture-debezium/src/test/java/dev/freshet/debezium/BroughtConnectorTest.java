package dev.freshet.debezium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.sqlserver.jdbc.SQLServerDriver;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClients;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceTable;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.debezium.MySqlSettings.TableChoice;
import dev.freshet.debezium.MySqlSettings.Tls;
import dev.freshet.debezium.Origin.Shapes;
import dev.freshet.debezium.history.SchemaHistories;
import dev.freshet.debezium.history.SchemaHistoryFile;
import dev.freshet.debezium.inside.StoredSchemaHistory;
import io.debezium.connector.mongodb.MongoDbConnector;
import io.debezium.connector.sqlserver.SqlServerConnector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.codecs.record.RecordCodecProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connectors from the jars that users are told to put into a folder, and no others of theirs. */
@Timeout(120)
class BroughtConnectorTest {
  @TempDir private Path folder;

  private ConnectorLoader loader(Class<?>... ofJars) throws Exception {
    for (Class<?> each : ofJars) {
      Path jar = Path.of(each.getProtectionDomain().getCodeSource().getLocation().toURI());
      Files.copy(jar, folder.resolve(jar.getFileName()));
    }
    return ConnectorLoader.of(List.of(folder));
  }

  private static void assertFilesAreNamed(ServerKind kind, Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              kind.jars.stream().map(ServerKind.Jar::file).toList());
    }
  }

  private static ServerSettings settings(ServerKind kind, String url) {
    List<TableChoice> tables = List.of(new TableChoice("orders", ""));
    return new ServerSettings(kind, "shop", url, "", tables, Tls.OFF, Map.of(), Map.of());
  }

  private static SourceCheck checked(String origin) {
    Schema schema = Schema.of(Column.notNull("id", Simple.INTEGER));
    return new SourceCheck(
        List.of(new SourceTable("orders", origin, 1, schema, new int[] {0})), List.of());
  }

  private void run(ConnectorLoader loader, Origin origin, SourceCheck check) throws Exception {
    SchemaHistoryFile history =
        SchemaHistoryFile.open(new LocalStorage(folder), "sources/shop.shapes");
    String id = SchemaHistories.register(history);
    try {
      Map<String, String> configuration = new HashMap<>(origin.configuration(check, Shapes.KNOWN));
      configuration.put("schema.history.internal", StoredSchemaHistory.class.getName());
      configuration.put(StoredSchemaHistory.ID, id);
      try (ConnectorRun run =
          ConnectorRun.start(loader, origin.connectorClass(), configuration, Map.of())) {
        while (run.poll().isEmpty()) {
          Thread.onSpinWait();
        }
      }
    } finally {
      SchemaHistories.forget(id);
    }
  }

  @Test
  void runsTheConnectorOfSqlServer() throws Exception {
    try (ConnectorLoader loader = loader(SqlServerConnector.class, SQLServerDriver.class)) {
      assertFilesAreNamed(ServerKind.SQLSERVER, folder);
      Origin origin =
          new SqlServerOrigin(
              settings(ServerKind.SQLSERVER, "sqlserver://me@127.0.0.1:1/shop"), List.of(folder));
      assertThat(origin.missing(loader)).isEmpty();
      assertThatThrownBy(() -> run(loader, origin, checked("dbo.orders")))
          .hasStackTraceContaining("The TCP/IP connection to the host 127.0.0.1, port 1 has failed")
          .satisfies(e -> assertThat(origin.error(e)).hasMessageContaining("Cannot connect to"));
    }
  }

  @Test
  void runsTheConnectorOfMongoDb() throws Exception {
    try (ConnectorLoader loader =
        loader(
            MongoDbConnector.class,
            MongoClients.class,
            MongoClientSettings.class,
            BsonDocument.class,
            RecordCodecProvider.class)) {
      assertFilesAreNamed(ServerKind.MONGODB, folder);
      Origin origin =
          new MongoOrigin(
              settings(
                  ServerKind.MONGODB, "mongodb://127.0.0.1:1/shop?serverSelectionTimeoutMS=500"),
              List.of(folder));
      assertThat(origin.missing(loader)).isEmpty();
      assertThatThrownBy(() -> run(loader, origin, checked("shop.orders")))
          .hasStackTraceContaining("MongoSocketOpenException");
    }
  }

  @Test
  void refusesAConnectorOfAnotherDebezium() throws Exception {
    try (ConnectorLoader loader = ConnectorLoader.of(List.of())) {
      assertThat(BroughtJars.problems(ServerKind.SQLSERVER, List.of(folder), loader, "3.6.1.Final"))
          .singleElement()
          .satisfies(problem ->
              assertThat(problem.message())
                  .isEqualTo(
                      "Cannot capture SQL Server: its connector is of Debezium 3.5.0.Final, and"
                          + " Freshet has 3.6.1.Final."));
    }
  }
}
