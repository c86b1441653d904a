package dev.freshet.debezium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceTable;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.type.Schema;
import dev.freshet.debezium.history.SchemaHistories;
import dev.freshet.debezium.history.SchemaHistoryFile;
import dev.freshet.debezium.inside.StoredSchemaHistory;
import dev.freshet.mariadb.MariaDbServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot of a real MariaDB that ends while it locks the tables. */
@EnabledIf("serverIsHere")
@Timeout(60)
class LockHeartbeatTest {
  @TempDir private Path folder;

  static boolean serverIsHere() {
    return MariaDbServer.isHere();
  }

  @Test
  void endsWithItsConnector() throws Exception {
    String database = SharedServer.newDatabase();
    // The connector cannot read the statement that made it, which it does while it locks.
    SharedServer.get().execute("CREATE TABLE " + database + ".t (id INT PRIMARY KEY, a INET6)");
    MySqlOrigin origin =
        new MySqlOrigin(SharedServer.settings(database, "t"), SharedServer.NO_DRIVERS);
    String history =
        SchemaHistories.register(
            SchemaHistoryFile.open(new LocalStorage(folder), "sources/shop.shapes"));
    SourceTable table = new SourceTable("t", database + ".t", 1, new Schema(List.of()), new int[0]);
    Map<String, String> configuration =
        new HashMap<>(
            origin.configuration(new SourceCheck(List.of(table), List.of()), Origin.Shapes.KNOWN));
    configuration.put("topic.prefix", "locks");
    configuration.put("schema.history.internal", StoredSchemaHistory.class.getName());
    configuration.put(StoredSchemaHistory.ID, history);
    ConnectorRun run =
        ConnectorRun.start(
            ConnectorLoader.of(SharedServer.NO_DRIVERS),
            origin.connectorClass(),
            configuration,
            Map.of());
    assertThatThrownBy(() -> pollForEver(run)).isInstanceOf(RuntimeException.class);
    List<Thread> heartbeats = heartbeats();
    assertThat(heartbeats).hasSize(1);

    run.close();
    assertThat(heartbeats.getFirst().join(Duration.ofSeconds(10))).isTrue();
    SchemaHistories.forget(history);
    SharedServer.get().execute("DROP DATABASE " + database);
  }

  private static void pollForEver(ConnectorRun run) throws InterruptedException {
    while (true) {
      run.poll();
    }
  }

  private static List<Thread> heartbeats() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().endsWith("-locks-lock-heartbeat"))
        .toList();
  }
}
