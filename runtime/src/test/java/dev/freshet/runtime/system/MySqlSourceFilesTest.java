package dev.freshet.runtime.system;

import java.io.IOException;
import java.nio.file.Path;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong in the file of a source of kind mysql is said before any server is asked. */
class MySqlSourceFilesTest {
  private static final String URL = "url: mariadb://reader@127.0.0.1:1/shop\n";

  @TempDir private Path project;

  private AbstractThrowableAssert<?, ?> refused(String settings) throws IOException {
    return SourceFile.refused(project, "kind: mysql\ntables: [orders]\n" + settings);
  }

  @Test
  void namesThePlaceAndWhatIsTaken() throws IOException {
    refused(URL + "tls: yes please\n")
        .hasMessageContaining("sources/shop.yaml:4:6")
        .hasMessageContaining("It is off, required, verify-ca or verify-full.");
    refused(URL + "properties: {snapshot.mode: never}\n")
        .hasMessageContaining("Invalid property of Debezium: snapshot.mode: the source sets it");
    refused(URL + "port: 3306\n").hasMessageContaining("port");
    refused("").hasMessageContaining("url");
  }

  @Test
  void explainsUrlsWithoutShowingThem() throws IOException {
    refused("url: postgres://reader:hidden@h/shop\n")
        .hasMessageContaining("it begins with neither mariadb:// nor mysql://")
        .hasMessageContaining("Such as mariadb://user@host:3306/database.")
        .hasMessageNotContaining("hidden");
    refused("url: mariadb://reader:hidden@h\n")
        .hasMessageContaining("it has no database")
        .hasMessageNotContaining("hidden");
    refused("url: mariadb://h/shop\n").hasMessageContaining("it has no user");
  }

  @Test
  void takesSecretsOfPropertiesFromTheEnvironmentOnly() throws IOException {
    refused(URL + "properties: {database.ssl.truststore.password: hidden}\n")
        .hasMessageContaining("Invalid value of database.ssl.truststore.password of a source")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void saysWhichServerDoesNotAnswerAndWhichDriverIsMissing() throws IOException {
    refused(URL + "password: ${SECRET}\n")
        .hasMessageContaining("Cannot connect to MariaDB at 127.0.0.1:1")
        .hasMessageNotContaining("s3cret");
    refused("url: mysql://reader@127.0.0.1:1/shop\n")
        .hasMessageContaining("its driver is not installed")
        .hasMessageContaining("put mysql-connector-j-9.1.0.jar")
        .hasMessageContaining(project.resolve("drivers").toString());
  }

  /** The number behind a source's is that of a table that is read anew. */
  @Test
  void refusesNumbersThatEndEachOthersStreams() throws IOException {
    SourceFile.write(
        project, "sources/early.yaml", "kind: mysql\ntables: [sales]\n" + URL + "server-id: 100\n");
    for (int number : new int[] {99, 100, 101}) {
      refused(URL + "server-id: " + number + "\n")
          .hasMessageContaining("sources/shop.yaml:4:12")
          .hasMessageContaining("Invalid server-id of source shop: source early has");
    }
    for (int number : new int[] {98, 102}) {
      refused(URL + "server-id: " + number + "\n").hasMessageContaining("Cannot connect");
    }
    refused("url: mariadb://reader@127.0.0.1:2/shop\nserver-id: 100\n")
        .hasMessageContaining("Cannot connect");
  }
}
