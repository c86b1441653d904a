package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.broker.KafkaBroker;
import dev.freshet.runtime.inspect.LogDump;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.serve.backend.Backend.TableOperation;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/guides/kafka.md says with a real broker, and finds what it shows. */
@Timeout(240)
class KafkaGuideTest {
  private static final Pattern STEP =
      Pattern.compile("<!-- (\\w+) ?(.*?) -->\\n```[a-z]+\\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path project;
  @TempDir private Path brokerFolder;

  @Test
  void doesWhatTheGuideSaysAndGoesOnAfterARestart() throws Exception {
    Matcher step = STEP.matcher(Files.readString(Path.of("../docs/guides/kafka.md")));
    List<String> done = new ArrayList<>();
    FreshetSystem system = null;
    try (KafkaBroker broker = KafkaBroker.start(brokerFolder)) {
      Map<String, Object> client = Map.of("bootstrap.servers", broker.address());
      try (Admin admin = Admin.create(client)) {
        admin
            .createTopics(
                List.of(
                    new NewTopic("shop.customers", Optional.of(1), Optional.empty()),
                    new NewTopic("shop.orders.v1", Optional.of(1), Optional.empty())))
            .all()
            .get();
      }
      while (step.find()) {
        String block = step.group(3);
        switch (step.group(1)) {
          case "file" -> {
            Path file = project.resolve(step.group(2));
            Files.createDirectories(file.getParent());
            String text = block.equals("name: shop\n") ? block + "serve: {port: 0}\n" : block;
            Files.writeString(file, text);
          }
          case "send" -> {
            if (system == null) {
              List<String> checked = ProjectCheck.run(read(broker));
              assertThat(checked).contains("  topic shop.orders.v1 (1 partitions) fills orders");
              system = FreshetSystem.start(read(broker));
            }
            send(client, step.group(2), block);
          }
          case "query" -> awaitAnswer(system, step.group(2), block);
          case "refused" -> assertThat(dump(system)).contains(block.strip().replace("\"", "\\\""));
          default -> throw new AssertionError("Unknown step in the guide: " + step.group(1));
        }
        done.add(step.group(1));
      }
      assertThat(done).contains("file", "send", "query", "refused");
      system.close();
      send(client, "shop.orders.v1", "d:{\"customer_id\": 2, \"amount\": 1}\n");
      system = FreshetSystem.start(read(broker));
      awaitAnswer(system, "SELECT country, revenue FROM revenue", "GB,12.50\nUS,8.25\n");
      awaitAnswer(system, "SELECT COUNT(*), MAX(kafka_offset) FROM orders", "3,3\n");
      assertThat(get(system, "/metrics"))
          .contains("freshet_source_table_rows_total{table=\"orders\"} 1");
      assertThat(get(system, "/v1/status")).contains("\"table\":\"orders\",\"rows\":1");

      String source = "shop";
      system.backend().onTables(source, List.of("orders"), TableOperation.PAUSE);
      send(client, "shop.orders.v1", "e:{\"customer_id\": 2, \"amount\": 1}\n");
      send(client, "shop.customers", "9:{\"name\": \"eve\"}\n");
      awaitAnswer(system, "SELECT COUNT(*) FROM customers WHERE name = 'eve'", "1\n");
      system.close();
      send(client, "shop.orders.v1", "f:{\"customer_id\": 2, \"amount\": 1}\n");
      system = FreshetSystem.start(read(broker));
      assertThat(get(system, "/v1/status?format=text")).contains("paused: orders");
      send(client, "shop.customers", "10:{\"name\": \"fay\"}\n");
      awaitAnswer(system, "SELECT COUNT(*) FROM customers WHERE name = 'fay'", "1\n");
      awaitAnswer(system, "SELECT COUNT(*), MAX(kafka_offset) FROM orders", "3,3\n");
      system.backend().onTables(source, List.of(), TableOperation.RESUME);
      awaitAnswer(system, "SELECT COUNT(*), MAX(kafka_offset) FROM orders", "5,5\n");
    } finally {
      if (system != null) {
        system.close();
      }
    }
  }

  private Project read(KafkaBroker broker) {
    return ProjectReader.read(project, Map.of("KAFKA_BROKERS", broker.address()), "");
  }

  private static void send(Map<String, Object> client, String topic, String lines)
      throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
      for (String line : lines.lines().toList()) {
        String[] parts = line.split(":", 2);
        producer.send(new ProducerRecord<>(topic, parts[0], parts[1])).get();
      }
    }
  }

  private static void awaitAnswer(FreshetSystem system, String sql, String rows) {
    await(() -> sorted(query(system, sql)).equals(sorted(rows)));
  }

  private static List<String> sorted(String rows) {
    return rows.lines().sorted().toList();
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("did not come");
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  private static String query(FreshetSystem system, String sql) {
    String answer =
        send(
            HttpRequest.newBuilder(URI.create(system.address() + "/v1/sql?format=csv"))
                .POST(BodyPublishers.ofString(sql, StandardCharsets.UTF_8)));
    return answer.substring(answer.indexOf('\n') + 1).replace("\r", "");
  }

  private static String get(FreshetSystem system, String path) {
    return send(HttpRequest.newBuilder(URI.create(system.address() + path)));
  }

  private static String send(HttpRequest.Builder request) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), BodyHandlers.ofString()).body();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private String dump(FreshetSystem system) {
    await(() -> get(system, "/metrics").contains("source_table_refused_total{table=\"orders\"} 1"));
    StringBuilder lines = new StringBuilder();
    new LogDump("", "", "", 1_000, true)
        .run(project.resolve(".freshet"), line -> lines.append(line).append('\n'));
    return lines.toString();
  }
}
