package dev.freshet.runtime.system;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong in the file of a source of topics is said before any broker is asked. */
class KafkaSourceFilesTest {
  @TempDir private Path project;

  private AbstractThrowableAssert<?, ?> refused(String settings) throws IOException {
    SourceFile.write(project, "contracts/orders.yaml", "key: [id]\ncolumns: {id: BIGINT}\n");
    return SourceFile.refused(project, "kind: kafka\nbrokers: 127.0.0.1:1\n" + settings);
  }

  @Test
  void namesThePlaceAndWhatIsTaken() throws IOException {
    refused("tables: [orders]\nformat: thrift\n")
        .hasMessageContaining("sources/shop.yaml:4:9")
        .hasMessageContaining("Invalid value: thrift. It is json, avro, protobuf or raw.");
    refused("tables: [orders]\nformat: avro\n")
        .hasMessageContaining("Avro and Protobuf need a schema registry");
    refused("tables: [orders]\nformat: protobuf\n")
        .hasMessageContaining("Avro and Protobuf need a schema registry");
    refused(
            "tables: [orders]\nformat: protobuf\nregistry: {url: \"http://r:1\"}\nenvelope: debezium\n")
        .hasMessageContaining("sources/shop.yaml:6:11")
        .hasMessageContaining("Debezium's events are read in JSON and Avro");
    refused("tables: [orders]\nstart: yesterday\n")
        .hasMessageContaining("It is earliest, latest or a time such as");
    refused("tables: [\"/orders.*/\"]\n")
        .hasMessageContaining("Topics by a pattern need a name for their table");
    refused("tables: [{name: \"/orders(/\", as: orders}]\n")
        .hasMessageContaining("Invalid pattern of topics: /orders(/");
    refused("tables: [orders]\nregistry: {url: \"registry:8081\"}\n")
        .hasMessageContaining("Invalid URL of a schema registry");
  }

  @Test
  void takesSecretsFromTheEnvironmentOnlyAndNeverShowsThem() throws IOException {
    refused("tables: [orders]\nproperties: {ssl.key.password: hidden}\n")
        .hasMessageContaining("Invalid value of ssl.key.password of a source")
        .hasMessageNotContaining("hidden");
    refused("tables: [orders]\nregistry: {url: \"http://r:1\", user: u, password: hidden}\n")
        .hasMessageContaining("Invalid value of registry.password of a source")
        .hasMessageNotContaining("hidden");
    refused(
            "tables: [orders]\nproperties: {sasl.oauthbearer.assertion.private.key.passphrase: hidden}\n")
        .hasMessageContaining("passphrase of a source")
        .hasMessageNotContaining("hidden");
    for (String url : List.of("http://u:hidden@r:8081", "http//u:hidden@r")) {
      refused("tables: [orders]\nregistry: {url: \"" + url + "\"}\n")
          .hasMessageContaining("Invalid registry.url of a source of kind kafka: it has a user")
          .hasMessageNotContaining("hidden");
    }
    refused(
            "tables: [orders]\nproperties: {ssl.key.password: \"${SECRET}\", default.api.timeout.ms: 1000, request.timeout.ms: 900}\n")
        .hasMessageContaining("no broker answers at 127.0.0.1:1")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void refusesPropertiesThatAreNotToBeSet() throws IOException {
    refused("tables: [orders]\nproperties: {enable.auto.commit: true}\n")
        .hasMessageContaining("enable.auto.commit: the source sets it itself");
    refused("tables: [orders]\nproperties: {sasl.mechanisms: PLAIN}\n")
        .hasMessageContaining("sasl.mechanisms: Kafka's consumer has no such property");
  }
}
