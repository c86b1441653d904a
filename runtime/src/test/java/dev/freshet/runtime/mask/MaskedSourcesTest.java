package dev.freshet.runtime.mask;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.broker.KafkaBroker;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Masked tables of all other kinds of sources, and what is refused on the way. */
@Timeout(240)
class MaskedSourcesTest {
  private static final Object[] POSTED = {
    "ann.archer@example.org",
    "bob.baker@example.org",
    "zoe.zink@example.org",
    "very old zoe",
    "lady_of_the_lake",
    "1987-06-05",
    7_310_004_455_221L
  };

  private static final Object[] FILED = {
    "fay.fisher@example.org", "gus.gray@example.org", "not a number gus", "hal.hill@example.org"
  };

  private static final Object[] SENT = {
    "ida.irving@example.org", "jon.jones@example.org", "kim.kirk@example.org", "D-20095"
  };

  @TempDir private Path directory;

  private MaskedProject project(String name) throws Exception {
    MaskedProject project = new MaskedProject(directory.resolve(name).resolve("project"));
    project.write("sources/web.yaml", "kind: http\ntables: [signups]\n");
    project.write(
        "contracts/signups.yaml",
        """
        key: [email]
        columns:
          email: {type: VARCHAR, mask: tokenize}
          national_id: {type: VARCHAR, mask: {hash: BIGINT}}
          nickname: {type: VARCHAR, mask: drop}
          born: {type: DATE, mask: null}
          age: INTEGER
        """);
    project.write(
        "sources/inbox.yaml", "kind: files\npath: ../inbox\ntables: [people]\nsettle: 50ms\n");
    project.write(
        "contracts/people.yaml",
        "key: [email]\ncolumns:\n  email: {type: VARCHAR, mask: tokenize}\n  age: INTEGER\n");
    return project;
  }

  private void file(String name, String file, String text) throws Exception {
    Path inbox = Files.createDirectories(directory.resolve(name).resolve("inbox"));
    Files.writeString(inbox.resolve(file), text);
  }

  /** Rows that are taken, changed, deleted and refused, by both ways. */
  private void work(MaskedProject project, String name) throws Exception {
    project.post(
        "signups",
        """
        [{"email": "ann.archer@example.org", "national_id": 7310004455221, "born": "1987-06-05", "age": 38},
         {"email": "bob.baker@example.org", "nickname": "lady_of_the_lake", "age": 40}]
        """);
    project.post("signups", "{\"email\": \"bob.baker@example.org\", \"age\": 41}");
    project.post("signups", "{\"email\": \"ann.archer@example.org\", \"_op\": \"delete\"}");
    project.await("SELECT age FROM signups", "41\n");
    file(
        name,
        "people-1.csv",
        "email,age\nfay.fisher@example.org,50\ngus.gray@example.org,not a number gus\n");
    file(name, "people-2.json", "[{\"email\": \"hal.hill@example.org\" \"age\": 3}]");
    project.await("SELECT age FROM people", "50\n");
  }

  @Test
  void whatIsPostedOrFiledIsNowhereOnDisk() throws Exception {
    try (MaskedProject project = project("masked")) {
      file("masked", "people-0.csv", "email,age\n");
      project.start();
      work(project, "masked");
      String body = "[{\"email\": \"zoe.zink@example.org\", \"age\": \"very old zoe\"}]";
      HttpResponse<String> refused = project.post("signups", body, "Idempotency-Key", "k1");
      assertThat(refused.body())
          .contains("column age is INTEGER: a value that is not of it, which is not shown")
          .doesNotContain("very old");
      assertThat(
              project.post("signups", "{\"email\": \"zoe.zink@example.org\", \"oops\": 1}").body())
          .contains("the row does not fit")
          .doesNotContain("zoe");
      assertThat(project.query("SELECT email FROM signups"))
          .matches("[a-z]{3}\\.[a-z]{5}@[a-z]{7}\\.[a-z]{3}\n");
      assertThat(project.get("/v1/status")).doesNotContain("zoe").doesNotContain("hal.hill");
      project.stop();
      assertThat(new StateScan(POSTED).found(project.state())).isEmpty();
      assertThat(new StateScan(FILED).found(project.state())).isEmpty();

      project.start();
      assertThat(project.post("signups", body, "Idempotency-Key", "k1").body())
          .isEqualTo(refused.body().replace("\"repeated\":false", "\"repeated\":true"));
      project.stop();
      assertThat(new StateScan(POSTED).found(project.state())).isEmpty();
    }
  }

  /** A plant: a scan that finds nothing must be one that would. */
  @Test
  void theScanFindsWhatIsNotMasked() throws Exception {
    try (MaskedProject project = project("plain")) {
      file("plain", "people-0.csv", "email,age\n");
      project.removeMasks();
      project.start();
      work(project, "plain");
      project.post("signups", "[{\"email\": \"zoe.zink@example.org\", \"age\": \"very old zoe\"}]");
      project.stop();
      for (Object value : POSTED) {
        assertThat(new StateScan(value).found(project.state()))
            .as("places of %s", value)
            .isNotEmpty();
      }
      for (Object value : FILED) {
        if (!value.equals("hal.hill@example.org")) { // of a damaged file nothing is taken
          assertThat(new StateScan(value).found(project.state()))
              .as("places of %s", value)
              .isNotEmpty();
        }
      }
    }
  }

  @Test
  void keysAndValuesOfMessagesAreNowhereOnDisk() throws Exception {
    try (KafkaBroker broker =
            KafkaBroker.start(Files.createDirectories(directory.resolve("broker")));
        KafkaProducer<String, String> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.address()),
                new StringSerializer(),
                new StringSerializer());
        MaskedProject masked = new MaskedProject(directory.resolve("masked"));
        MaskedProject plain = new MaskedProject(directory.resolve("plain"))) {
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
        admin
            .createTopics(List.of(new NewTopic("shop.people", Optional.of(1), Optional.empty())))
            .all()
            .get();
      }
      send(producer, "ida.irving@example.org", "{\"postcode\": \"D-20095\", \"age\": 1}");
      send(producer, "jon.jones@example.org", "{\"age\": 2}");
      send(producer, "kim.kirk@example.org", "{\"age\": \"kim.kirk@example.org\"}");
      send(producer, "kim.kirk@example.org", "no JSON of kim.kirk@example.org");
      send(producer, "jon.jones@example.org", null);
      send(producer, "lea", "{\"age\": 3}");
      for (MaskedProject project : new MaskedProject[] {masked, plain}) {
        project.write(
            "sources/topics.yaml",
            "kind: kafka\nbrokers: "
                + broker.address()
                + "\nkey-format: text\ntables: [{name: shop.people, as: people}]\n");
        project.write(
            "contracts/people.yaml",
            """
            key: [email]
            columns:
              email: {type: VARCHAR, mask: hash}
              postcode: {type: VARCHAR, mask: {truncate: 2}}
              age: INTEGER
            """);
        if (project.equals(plain)) {
          project.removeMasks();
        }
        project.start();
        project.await("SELECT age FROM people ORDER BY age", "1\n3\n");
        project.stop();
      }

      assertThat(new StateScan(SENT).found(masked.state())).isEmpty();
      for (Object value : SENT) {
        assertThat(new StateScan(value).found(plain.state()))
            .as("places of %s", value)
            .isNotEmpty();
      }
    }
  }

  private static void send(
      KafkaProducer<String, String> producer, String key, @Nullable String value) throws Exception {
    producer.send(new ProducerRecord<>("shop.people", key, value)).get();
  }
}
