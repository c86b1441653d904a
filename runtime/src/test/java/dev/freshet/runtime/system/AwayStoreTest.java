package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.objectserver.Gateway;
import dev.freshet.objectserver.Gateway.Answer;
import dev.freshet.objectserver.ObjectServer;
import dev.freshet.runtime.project.ProjectReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A store of objects that is away keeps no project from starting; a wrong setting does. */
@Timeout(120)
class AwayStoreTest {
  private static ObjectServer server;
  private static Gateway gateway;

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void startServer() {
    server = ObjectServer.start();
    gateway = Gateway.before(server);
  }

  @AfterAll
  static void stopServer() {
    gateway.close();
    server.close();
  }

  @AfterEach
  void closeClient() {
    client.shutdownNow();
  }

  private void writeProject(String place, URI endpoint) throws IOException {
    SourceFile.write(folder, "freshet.yaml", "name: shop\nserve: {port: 0}\n");
    SourceFile.write(folder, "contracts/orders.yaml", "key: [id]\ncolumns: {id: BIGINT}\n");
    SourceFile.write(
        folder,
        "sources/shop.yaml",
        """
        kind: files
        path: s3://%s
        endpoint: %s
        access-key: ${KEY}
        secret-key: ${SECRET}
        poll-interval: 100ms
        tables: [orders]
        """
            .formatted(place, endpoint));
  }

  private FreshetSystem start() {
    Map<String, String> keys =
        Map.of("KEY", ObjectServer.ACCESS_KEY, "SECRET", ObjectServer.SECRET_KEY);
    return FreshetSystem.start(ProjectReader.read(folder, keys, ""));
  }

  private static <T> void await(Callable<T> value, T expected) throws Exception {
    T last = value.call();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!last.equals(expected) && System.nanoTime() < deadline) {
      last = value.call();
    }
    assertThat(last).isEqualTo(expected);
  }

  private String orders(FreshetSystem system) throws IOException, InterruptedException {
    return client
        .send(
            HttpRequest.newBuilder(URI.create(system.address() + "/v1/sql?format=csv"))
                .POST(BodyPublishers.ofString("SELECT id FROM orders ORDER BY id"))
                .build(),
            BodyHandlers.ofString())
        .body()
        .replace("\r\n", " ");
  }

  private static void awaitProblem(FreshetSystem system, String part) throws Exception {
    await(() -> system.status().problems().toString().contains(part), true);
  }

  @Test
  void aProjectStartsWhileTheStoreIsAwayAndGoesOnByItself() throws Exception {
    writeProject(ObjectServer.BUCKET + "/a", server.endpoint());
    server.put("a/orders-1.csv", "id\n1\n");
    server.goAway();
    try (FreshetSystem system = start()) {
      awaitProblem(system, "Cannot list the objects of s3://deliveries/a: nothing listens at");
      server.comeBack();
      await(() -> orders(system), "id 1 ");
      await(() -> system.status().problems().isEmpty(), true);
    }

    server.goAway();
    try (FreshetSystem system = start()) {
      awaitProblem(system, "nothing listens at");
      assertThat(orders(system)).isEqualTo("id 1 ");
      assertThatThrownBy(() ->
              ProjectCheck.run(ProjectReader.read(folder, Map.of("KEY", "k", "SECRET", "s"), "")))
          .hasMessageContaining("nothing listens at")
          .hasMessageContaining("Fix: start the store, or mend endpoint in sources/shop.yaml");
      server.comeBack();
      server.put("a/orders-2.csv", "id\n2\n");
      await(() -> orders(system), "id 1 2 ");
    }
  }

  @Test
  void aStoreThatWantsFewerRequestsKeepsNoProjectFromStarting() throws Exception {
    writeProject(ObjectServer.BUCKET + "/b", gateway.endpoint());
    server.put("b/orders-1.csv", "id\n1\n");
    gateway.answers((_, _) -> Answer.refusal(503, "SlowDown"));
    try (FreshetSystem system = start()) {
      awaitProblem(system, "the store asks for fewer requests (503 SlowDown)");
      gateway.answers((_, behindIt) -> behindIt.get());
      await(() -> orders(system), "id 1 ");
    }
  }

  @Test
  void aWrongSettingKeepsAProjectFromStarting() throws Exception {
    writeProject("nowhere/c", gateway.endpoint());
    gateway.answers((_, behindIt) -> behindIt.get());
    assertThatThrownBy(this::start)
        .hasMessageContaining("there is no bucket nowhere at http://127.0.0.1")
        .hasMessageContaining("Fix: name the bucket in path");
    writeProject(ObjectServer.BUCKET + "/c", gateway.endpoint());
    gateway.answers((_, _) -> Answer.refusal(403, "AccessDenied"));
    assertThatThrownBy(this::start)
        .hasMessageContaining("access to bucket deliveries is denied")
        .hasMessageContaining("Fix: allow s3:ListBucket");
    gateway.answers((_, _) ->
        Answer.refusal(301, "PermanentRedirect").with("x-amz-bucket-region", "eu-west-1"));
    assertThatThrownBy(this::start)
        .hasMessageContaining("another region, eu-west-1")
        .hasMessageContaining("Fix: set region: eu-west-1");
  }
}
