package dev.freshet.kafka;

import static dev.freshet.kafka.SharedBroker.send;
import static dev.freshet.kafka.SharedBroker.topic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.broker.KafkaBroker;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.testing.files.WorkFolder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(180)
@ExtendWith(SharedBroker.class)
class KafkaCheckTest {
  private static Reader people(String topic) {
    return new Reader(topic, "id", "id BIGINT", "name VARCHAR");
  }

  private static SourceCheck.Problem only(SourceCheck check) {
    assertThat(check.problems()).hasSize(1);
    return check.problems().getFirst();
  }

  @Test
  void namesWhatIsWrongBeforeTheFirstRow() throws Exception {
    try (Reader reader = people("nowhere")) {
      SourceCheck.Problem problem = only(reader.check());
      assertThat(problem.code()).isEqualTo(ErrorCode.SOURCE_MISCONFIGURED);
      assertThat(problem.message()).contains("Cannot find topic nowhere at 127.0.0.1:");
      reader.hasContract = false;
      assertThat(reader.check().problems())
          .anySatisfy(each ->
              assertThat(each.toString())
                  .contains("nothing tells its columns")
                  .contains("write contracts/t.yaml"));
    }
    try (Reader reader = people("nowhere")) {
      reader.brokers = "127.0.0.1:1";
      SourceCheck.Problem problem = only(reader.check());
      assertThat(problem.code()).isEqualTo(ErrorCode.SOURCE_UNREACHABLE);
      assertThat(problem.message()).contains("no broker answers at 127.0.0.1:1");
    }
    try (Reader reader = people("nowhere")) {
      reader.brokers = "no.such.host.invalid:9092";
      assertThat(only(reader.check()).code()).isEqualTo(ErrorCode.SOURCE_UNREACHABLE);
    }
    try (Reader reader = people("nowhere")) {
      reader.properties.put("max.poll.records", "many");
      assertThat(only(reader.check()).message()).contains("max.poll.records");
    }
    try (Reader reader = people("nowhere")) {
      reader.properties.put("security.protocol", "SASL_PLAINTEXT");
      reader.properties.put("sasl.mechanism", "PLAIN");
      reader.properties.put("sasl.jaas.config", "no.such.Module required;");
      assertThat(only(reader.check()).message())
          .contains("Failed to construct kafka consumer (")
          .contains("no.such.Module");
    }
  }

  @Test
  void notesWhatTheNewestMessageIs() throws Exception {
    String topic = topic("notes", 1);
    send(topic, 0, "1", "{\"name\": 1}");
    try (Reader reader = people(topic)) {
      SourceCheck check = reader.check();
      assertThat(check.problems()).isEmpty();
      assertThat(check.notes())
          .anySatisfy(note -> assertThat(note).contains("(1 partitions) fills t"))
          .anySatisfy(note ->
              assertThat(note).contains("the newest message would be refused: topic " + topic));
    }
  }

  @Test
  void tellsWhoMayNotReadAndWhichRightIsMissing() throws Exception {
    Map<String, String> secured = new HashMap<>();
    secured.put(
        "listeners", "SASL_PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}");
    secured.put("advertised.listeners", "SASL_PLAINTEXT://127.0.0.1:{port}");
    secured.put(
        "listener.security.protocol.map",
        "SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
    secured.put("inter.broker.listener.name", "SASL_PLAINTEXT");
    secured.put("sasl.enabled.mechanisms", "PLAIN");
    secured.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    secured.put(
        "listener.name.sasl_plaintext.plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"admin\""
            + " password=\"a\" user_admin=\"a\" user_kate=\"k\";");
    secured.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    secured.put("super.users", "User:admin;User:ANONYMOUS");
    try (WorkFolder folder = WorkFolder.create("secured");
        KafkaBroker broker = KafkaBroker.start(folder.path(), secured);
        Admin admin = Admin.create(Map.copyOf(login(broker, "admin", "a")));
        Reader reader = people("guarded")) {
      admin
          .createTopics(List.of(new NewTopic("guarded", Optional.of(1), Optional.empty())))
          .all()
          .get();
      reader.brokers = broker.address();
      reader.properties.putAll(login(broker, "kate", "wrong"));
      reader.properties.remove(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
      SourceCheck.Problem login = only(reader.check());
      assertThat(login.code()).isEqualTo(ErrorCode.SOURCE_MISCONFIGURED);
      assertThat(login.message()).contains("Cannot log in to Kafka at").doesNotContain("wrong");
      reader.properties.put("sasl.jaas.config", jaas("kate", "k"));
      SourceCheck.Problem rights = only(reader.check());
      assertThat(rights.code()).isEqualTo(ErrorCode.SOURCE_MISCONFIGURED);
      assertThat(rights.message()).contains("Not authorized to").contains("kafka-acls --add");
      admin.createAcls(List.of(read(ResourceType.TOPIC, "guarded"))).all().get();
      reader.await(() -> reader.check().problems().toString().contains("--group group-guarded"));
      reader
          .start()
          .await(() ->
              reader.capture().status().lastError().contains("Cannot tell group group-guarded"));
      admin.createAcls(List.of(read(ResourceType.GROUP, "group-guarded"))).all().get();
      reader.await(() -> reader.check().passed());
      reader.await(() -> reader.capture().status().lastError().isEmpty()); // it was told again
      assertThat(
              admin.listConsumerGroupOffsets("group-guarded").partitionsToOffsetAndMetadata().get())
          .containsOnlyKeys(new TopicPartition("guarded", 0));
    }
  }

  private static AclBinding read(ResourceType type, String name) {
    return new AclBinding(
        new ResourcePattern(type, name, PatternType.LITERAL),
        new AccessControlEntry("User:kate", "*", AclOperation.READ, AclPermissionType.ALLOW));
  }

  private static String jaas(String user, String password) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\""
        + user
        + "\" password=\""
        + password
        + "\";";
  }

  private static Map<String, String> login(KafkaBroker broker, String user, String password) {
    return Map.of(
        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
        broker.address(),
        "security.protocol",
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        jaas(user, password));
  }

  @Test
  void goesOnByItselfAfterTheBrokerWasAway() throws Exception {
    try (WorkFolder folder = WorkFolder.create("restarted");
        KafkaBroker broker = KafkaBroker.start(folder.path());
        KafkaProducer<byte[], byte[]> producer = SharedBroker.producer(broker.address(), Map.of());
        Reader reader = people("bounced")) {
      try (Admin admin =
          Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.address()))) {
        admin
            .createTopics(List.of(new NewTopic("bounced", Optional.of(1), Optional.empty())))
            .all()
            .get();
      }
      reader.brokers = broker.address();
      producer.send(new ProducerRecord<>("bounced", null, SharedBroker.bytes("{\"id\":1}"))).get();
      reader.start().awaitRows(1);
      broker.stop();
      reader.await(() -> reader.capture().status().lastError().contains("no broker answers"));
      broker.start();
      producer.send(new ProducerRecord<>("bounced", null, SharedBroker.bytes("{\"id\":2}"))).get();
      reader.awaitRows(2);
      assertThat(reader.log.changes("t"))
          .containsExactly("i{\"id\":1,\"name\":null}", "i{\"id\":2,\"name\":null}");
      reader.await(() -> reader.capture().status().lastError().isEmpty());
      assertThat(reader.capture().status().state()).isEqualTo(State.STREAMING);
    }
  }
}
