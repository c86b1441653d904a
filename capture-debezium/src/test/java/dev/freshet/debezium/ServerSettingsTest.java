package dev.freshet.debezium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceTable;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.debezium.MySqlSettings.TableChoice;
import dev.freshet.debezium.MySqlSettings.Tls;
import dev.freshet.debezium.Origin.Shapes;
import io.debezium.config.Field;
import io.debezium.connector.mongodb.MongoDbConnectorConfig;
import io.debezium.connector.oracle.OracleConnectorConfig;
import io.debezium.connector.sqlserver.SqlServerConnectorConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the connectors are told, and that they know it. */
class ServerSettingsTest {
  private static final String MONGODB = "mongodb://me:a%20secret@a:1,b:2/shop?replicaSet=rs0";

  private static ServerSettings settings(ServerKind kind, String url, Tls tls) {
    return new ServerSettings(
        kind,
        "shop",
        url,
        "from the file",
        List.of(new TableChoice("orders", "")),
        tls,
        Map.of("pdb", "SHOPPDB"),
        Map.of("snapshot.fetch.size", "100"));
  }

  private static Origin origin(ServerSettings settings) {
    return switch (settings.kind()) {
      case SQLSERVER -> new SqlServerOrigin(settings, List.of());
      case ORACLE -> new OracleOrigin(settings, List.of());
      case MONGODB -> new MongoOrigin(settings, List.of());
    };
  }

  private static Map<String, String> configuration(ServerKind kind, String url, Tls tls) {
    Schema schema = Schema.of(Column.notNull("id", Simple.INTEGER));
    SourceTable table = new SourceTable("orders", "a b.orders", 1, schema, new int[] {0});
    return origin(settings(kind, url, tls))
        .configuration(new SourceCheck(List.of(table), List.of()), Shapes.KNOWN);
  }

  private static String url(ServerKind kind) {
    return kind == ServerKind.MONGODB ? MONGODB : kind.id() + "://me:a%20secret@db:77/shop";
  }

  @ParameterizedTest
  @EnumSource
  void connectorsKnowWhatTheyAreTold(ServerKind kind) {
    Field.Set fields =
        switch (kind) {
          case SQLSERVER -> SqlServerConnectorConfig.ALL_FIELDS;
          case ORACLE -> OracleConnectorConfig.ALL_FIELDS;
          case MONGODB ->
              MongoDbConnectorConfig.ALL_FIELDS.with(
                  MongoDbConnectorConfig.CAPTURE_MODE_FULL_UPDATE_TYPE,
                  MongoDbConnectorConfig.CAPTURE_SCOPE,
                  MongoDbConnectorConfig.CAPTURE_TARGET);
        };
    Set<String> told = new TreeSet<>(configuration(kind, url(kind), Tls.REQUIRED).keySet());
    for (Field field : fields.asArray()) {
      told.remove(field.name());
    }
    told.removeIf(name -> name.startsWith("driver.")); // handed to the driver
    assertThat(told).containsExactlyInAnyOrder("connector.class", "name");
  }

  @Test
  void tellsTheConnectorOfSqlServer() {
    assertThat(configuration(ServerKind.SQLSERVER, url(ServerKind.SQLSERVER), Tls.VERIFY_FULL))
        .containsEntry("connector.class", "io.debezium.connector.sqlserver.SqlServerConnector")
        .containsEntry("database.hostname", "db")
        .containsEntry("database.port", "77")
        .containsEntry("database.user", "me")
        .containsEntry("database.password", "a secret")
        .containsEntry("database.names", "shop")
        .containsEntry("table.include.list", "a\\ b\\.orders")
        .containsEntry("driver.encrypt", "true")
        .containsEntry("driver.trustServerCertificate", "false")
        .containsEntry("provide.transaction.metadata", "false")
        .containsEntry("snapshot.fetch.size", "100")
        .containsEntry("topic.prefix", "freshet-shop");
    assertThat(configuration(ServerKind.SQLSERVER, "sqlserver://me@db/shop", Tls.OFF))
        .containsEntry("database.port", "1433")
        .containsEntry("database.password", "from the file")
        .containsEntry("driver.encrypt", "false");
  }

  @Test
  void tellsTheConnectorOfOracle() {
    assertThat(configuration(ServerKind.ORACLE, "oracle://c%23%23me@db/SHOPCDB", Tls.OFF))
        .containsEntry("connector.class", "io.debezium.connector.oracle.OracleConnector")
        .containsEntry("database.user", "c##me")
        .containsEntry("database.port", "1521")
        .containsEntry("database.dbname", "SHOPCDB")
        .containsEntry("database.pdb.name", "SHOPPDB")
        .containsEntry("provide.transaction.metadata", "true");
  }

  @Test
  void tellsTheConnectorOfMongoDb() {
    assertThat(configuration(ServerKind.MONGODB, MONGODB, Tls.VERIFY_CA))
        .containsEntry("mongodb.connection.string", "mongodb://a:1,b:2/?replicaSet=rs0")
        .containsEntry("mongodb.user", "me")
        .containsEntry("mongodb.password", "a secret")
        .containsEntry("mongodb.ssl.enabled", "true")
        .containsEntry("mongodb.ssl.invalid.hostname.allowed", "true")
        .containsEntry("collection.include.list", "a\\ b\\.orders")
        .containsEntry("capture.target", "shop")
        .containsEntry("capture.mode", "change_streams_update_full")
        .containsEntry("capture.mode.full.update.type", "post_image");
    assertThat(configuration(ServerKind.MONGODB, "mongodb+srv://cluster/shop", Tls.OFF))
        .containsEntry("mongodb.connection.string", "mongodb+srv://cluster/")
        .doesNotContainKey("mongodb.user")
        .doesNotContainKey("mongodb.ssl.enabled");
  }

  @ParameterizedTest
  @CsvSource({
    "SQLSERVER, mysql://me:hidden@db/shop, it does not begin with sqlserver://",
    "SQLSERVER, sqlserver://me:hidden@db, it has no database",
    "SQLSERVER, sqlserver://me:hidden@db/shop?encrypt=true, tls is a setting of its own",
    "ORACLE, oracle://db/shop, it has no user",
    "MONGODB, mongodb://me:hidden@db, it has no database",
    "MONGODB, mongo://me:hidden@db/shop, it is no connection string of MongoDB"
  })
  void explainsUrlsWithoutShowingThem(ServerKind kind, String url, String why) {
    assertThatThrownBy(() -> origin(settings(kind, url, Tls.OFF)).label())
        .hasMessageContaining("Invalid url of source shop: ")
        .hasMessageContaining(why)
        .hasMessageNotContaining("hidden");
  }

  @ParameterizedTest
  @EnumSource
  void nobodyElseSetsWhatTheSourceSets(ServerKind kind) {
    assertThat(configuration(kind, url(kind), Tls.REQUIRED).keySet())
        .filteredOn(name -> !ServerSettings.isOurs(name))
        .containsExactlyInAnyOrder(
            "max.batch.size",
            "max.queue.size",
            "max.queue.size.in.bytes",
            "poll.interval.ms",
            "snapshot.fetch.size");
  }
}
