package dev.freshet.debezium;

import java.util.List;

/** Servers whose connector and driver the user brings. */
public enum ServerKind {
  SQLSERVER(
      "sqlserver",
      "SQL Server",
      1433,
      "dbo",
      "io.debezium.connector.sqlserver.SqlServerConnector",
      List.of(
          Jar.ofConnector("sqlserver", "io.debezium.connector.sqlserver.SqlServerConnector"),
          new Jar(
              "com.microsoft.sqlserver.jdbc.SQLServerDriver",
              "com.microsoft.sqlserver:mssql-jdbc:12.4.2.jre8"))),
  ORACLE(
      "oracle",
      "Oracle",
      1521,
      "",
      "io.debezium.connector.oracle.OracleConnector",
      List.of(
          Jar.ofConnector("oracle", "io.debezium.connector.oracle.OracleConnector"),
          new Jar("oracle.jdbc.OracleDriver", "com.oracle.database.jdbc:ojdbc11:21.15.0.0"))),
  MONGODB(
      "mongodb",
      "MongoDB",
      27017,
      "",
      "io.debezium.connector.mongodb.MongoDbConnector",
      List.of(
          Jar.ofConnector("mongodb", "io.debezium.connector.mongodb.MongoDbConnector"),
          new Jar("com.mongodb.client.MongoClients", "org.mongodb:mongodb-driver-sync:5.6.2"),
          new Jar("com.mongodb.MongoClientSettings", "org.mongodb:mongodb-driver-core:5.6.2"),
          new Jar("org.bson.BsonDocument", "org.mongodb:bson:5.6.2"),
          new Jar(
              "org.bson.codecs.record.RecordCodecProvider",
              "org.mongodb:bson-record-codec:5.6.2")));

  private final String id;

  final String product;
  final int port;

  /** Where tables are that are named without a schema; empty for the user's own. */
  final String schema;

  final String connectorClass;
  final List<Jar> jars;

  /**
   * A jar that must be there.
   *
   * @param probe a class of it
   * @param coordinates of Maven: group, artifact and version
   */
  record Jar(String probe, String coordinates) {
    static Jar ofConnector(String kind, String probe) {
      return new Jar(
          probe, "io.debezium:debezium-connector-" + kind + ":" + ConnectorLoader.DEBEZIUM_VERSION);
    }

    /** As Maven's repositories name the file. */
    String file() {
      String[] parts = coordinates.split(":");
      return parts[1] + "-" + parts[2] + ".jar";
    }
  }

  ServerKind(
      String id, String product, int port, String schema, String connectorClass, List<Jar> jars) {
    this.id = id;
    this.product = product;
    this.port = port;
    this.schema = schema;
    this.connectorClass = connectorClass;
    this.jars = jars;
  }

  /** As {@code kind:} and URLs name it. */
  public String id() {
    return id;
  }
}
