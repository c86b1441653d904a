package dev.freshet.deliver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.output.DeliveryGuarantee;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.deliver.Rows;
import dev.freshet.deliver.SinkInput;
import dev.freshet.deliver.SinkPosition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpSinkTest {
  private static final Schema SCHEMA =
      Schema.of(Column.notNull("id", Simple.BIGINT), Column.nullable("name", Simple.VARCHAR));

  private final List<String> received = new CopyOnWriteArrayList<>();
  private HttpServer receiver;
  private volatile int status = 200;
  private volatile String answer = "";

  @BeforeEach
  void startTheReceiver() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    receiver.createContext("/hook", this::receive);
    receiver.start();
  }

  private void receive(HttpExchange exchange) {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      received.add(
          exchange.getRequestHeaders().getFirst("Idempotency-Key")
              + " "
              + exchange.getRequestHeaders().getFirst("Authorization")
              + " "
              + body);
      byte[] text = answer.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, text.length == 0 ? -1 : text.length);
      exchange.getResponseBody().write(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void stopTheReceiver() {
    receiver.stop(0);
  }

  private HttpSink sink(String path, int... key) {
    HttpSink sink =
        new HttpSink(
            new HttpSettings(
                URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + path),
                Map.of("Authorization", "Bearer t"),
                2,
                Duration.ofSeconds(20)),
            new SinkInput("shop", "hook", "users", SCHEMA, key));
    assertThat(sink.open()).isEmpty();
    return sink;
  }

  private static SinkPosition at(long step) {
    return new SinkPosition("g", step);
  }

  private static Rows rows(Batch... batches) {
    return consumer -> Arrays.stream(batches).forEach(consumer);
  }

  private static BatchBuilder changes() {
    return new BatchBuilder(SCHEMA, 4);
  }

  @Test
  void postsAllRowsThenChangesByKey() {
    try (HttpSink sink = sink("/hook", 0)) {
      assertThat(sink.guarantee()).isEqualTo(DeliveryGuarantee.AT_LEAST_ONCE);
      sink.replace(
          at(5),
          rows(
              changes().row(1, 1, "ada").row(1, 2, "x").build(), changes().row(1, 3, "y").build()));
      sink.write(
          at(5), at(8), rows(changes().row(-1, 1, "ada").row(-1, 2, "x").row(1, 1, null).build()));
      sink.replace(at(9), rows());
    }
    String head = "{\"sink\":\"hook\",\"relation\":\"users\",\"generation\":\"g\",";
    assertThat(received)
        .containsExactly(
            "hook/g/5/0 Bearer t "
                + head
                + "\"step\":5,\"snapshot\":true,\"part\":0,\"last\":false,\"changes\":["
                + "{\"op\":\"upsert\",\"row\":{\"id\":1,\"name\":\"ada\"}},"
                + "{\"op\":\"upsert\",\"row\":{\"id\":2,\"name\":\"x\"}}]}",
            "hook/g/5/1 Bearer t "
                + head
                + "\"step\":5,\"snapshot\":true,\"part\":1,\"last\":true,\"changes\":["
                + "{\"op\":\"upsert\",\"row\":{\"id\":3,\"name\":\"y\"}}]}",
            "hook/g/8/0 Bearer t "
                + head
                + "\"after\":5,\"step\":8,\"snapshot\":false,\"part\":0,\"last\":true,\"changes\":["
                + "{\"op\":\"delete\",\"row\":{\"id\":2}},"
                + "{\"op\":\"upsert\",\"row\":{\"id\":1,\"name\":null}}]}",
            "hook/g/9/0 Bearer t "
                + head
                + "\"step\":9,\"snapshot\":true,\"part\":0,\"last\":true,\"changes\":[]}");
  }

  @Test
  void postsRowsAsTheyComeAndLeaveWithoutAKey() {
    try (HttpSink sink = sink("/hook")) {
      sink.write(at(5), at(8), rows(changes().row(-1, 1, "ada").row(3, 1, "b").build()));
    }
    assertThat(received)
        .singleElement()
        .asString()
        .endsWith(
            "\"changes\":[{\"op\":\"delete\",\"row\":{\"id\":1,\"name\":\"ada\"}},"
                + "{\"op\":\"insert\",\"count\":3,\"row\":{\"id\":1,\"name\":\"b\"}}]}");
  }

  @Test
  void saysWhatWasAnsweredAndSendsTheSameAgain() {
    try (HttpSink sink = sink("/hook", 0)) {
      status = 503;
      answer = "come\r\nback";
      Rows one = rows(changes().row(1, 1, "ada").build());
      assertThatThrownBy(() -> sink.write(at(5), at(8), one))
          .hasMessageContaining("it answered 503 (come back)")
          .hasMessageContaining("sent again")
          .hasMessageNotContaining("Bearer");
      status = 401;
      assertThatThrownBy(() -> sink.write(at(5), at(8), one))
          .hasMessageContaining("Correct url: or headers:");
      status = 204;
      answer = "";
      sink.write(at(5), at(8), one);
      assertThat(received).hasSize(3).containsOnly(received.getFirst());
    }
  }

  @Test
  void saysThatNobodyListens() {
    try (HttpSink sink = sink("/hook?token=secret", 0)) {
      assertThat(sink.check()).contains("somebody listens at http://127.0.0.1:");
      receiver.stop(0);
      assertThatThrownBy(sink::check)
          .hasMessageContaining("Failed to connect to http://127.0.0.1")
          .hasMessageNotContaining("secret");
      assertThatThrownBy(() -> sink.write(at(5), at(8), rows()))
          .hasMessageContaining("Failed to post to http://127.0.0.1")
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void isEndedByAnotherThread() throws Exception {
    HttpSink sink = sink("/hook", 0);
    sink.close();
    assertThatThrownBy(() -> sink.write(at(5), at(8), rows()))
        .hasMessageContaining("the sink is closed");
  }
}
