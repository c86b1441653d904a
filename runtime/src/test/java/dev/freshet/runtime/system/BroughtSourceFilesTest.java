package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a source whose connector is brought is said before any server is asked. */
class BroughtSourceFilesTest {
  @TempDir private Path project;

  private AbstractThrowableAssert<?, ?> refused(String kind, String settings) throws IOException {
    return SourceFile.refused(project, "kind: " + kind + "\ntables: [orders]\n" + settings);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "sqlserver; put debezium-connector-sqlserver-3.5.0.Final.jar (of Maven:"
            + " io.debezium:debezium-connector-sqlserver:3.5.0.Final), mssql-jdbc-12.4.2.jre8.jar"
            + " (of Maven: com.microsoft.sqlserver:mssql-jdbc:12.4.2.jre8) into",
        "oracle; put debezium-connector-oracle-3.5.0.Final.jar (of Maven:"
            + " io.debezium:debezium-connector-oracle:3.5.0.Final), ojdbc11-21.15.0.0.jar (of"
            + " Maven: com.oracle.database.jdbc:ojdbc11:21.15.0.0) into",
        "mongodb; put debezium-connector-mongodb-3.5.0.Final.jar (of Maven:"
            + " io.debezium:debezium-connector-mongodb:3.5.0.Final), mongodb-driver-sync-5.6.2.jar"
            + " (of Maven: org.mongodb:mongodb-driver-sync:5.6.2), mongodb-driver-core-5.6.2.jar"
            + " (of Maven: org.mongodb:mongodb-driver-core:5.6.2), bson-5.6.2.jar (of Maven:"
            + " org.mongodb:bson:5.6.2), bson-record-codec-5.6.2.jar (of Maven:"
            + " org.mongodb:bson-record-codec:5.6.2) into"
      })
  void saysWhichJarsToPutWhere(String kind, String install) throws IOException {
    refused(kind, "url: " + kind + "://reader@127.0.0.1:1/shop\npassword: ${SECRET}\n")
        .hasMessageContaining("its connector or driver is not installed")
        .hasMessageContaining("install this: " + install + " " + folder(kind))
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void aCheckOfTheSourceAloneSaysSoToo() throws IOException {
    refused("mongodb", "url: mongodb://h/shop\n");
    Project read = ProjectReader.read(project, Map.of(), "");
    assertThatThrownBy(() -> SourceSetup.of(read, "shop").check())
        .hasMessageContaining("install this: put debezium-connector-mongodb-3.5.0.Final.jar");
  }

  private Path folder(String kind) {
    return project.resolve("connectors").resolve(kind);
  }

  @Test
  void looksIntoTheFolderThatTheFileNames() throws IOException {
    refused("sqlserver", "url: sqlserver://reader@h/shop\nconnectors: lib\n")
        .hasMessageContaining(" into " + project.resolve("lib"));
  }

  @Test
  void namesThePlaceAndWhatIsTaken() throws IOException {
    String url = "url: sqlserver://reader@h/shop\n";
    refused("sqlserver", url + "tls: perhaps\n").hasMessageContaining("sources/shop.yaml:4:6");
    refused("sqlserver", url + "properties: {database.names: other}\n")
        .hasMessageContaining("Invalid property of Debezium: database.names: the source sets it");
    refused("sqlserver", url + "properties: {driver.trustStorePassword: hidden}\n")
        .hasMessageContaining("Take it from the environment")
        .hasMessageContaining("${SQLSERVER_SECRET}")
        .hasMessageNotContaining("hidden");
    refused("sqlserver", url + "pdb: SHOP\n").hasMessageContaining("pdb");
    refused("oracle", "url: oracle://reader@h/CDB\ntls: required\n").hasMessageContaining("tls");
    refused("oracle", "url: oracle://reader@h/CDB\npdb: a b\n")
        .hasMessageContaining("it is the name of a pluggable database");
    refused("mongodb", "url: mongodb://h/shop\nfull-document: sometimes\n")
        .hasMessageContaining("It is post-image or lookup");
    refused("mongodb", "url: mongodb://me:hidden@h\n")
        .hasMessageContaining("it has no database")
        .hasMessageNotContaining("hidden");
  }
}
