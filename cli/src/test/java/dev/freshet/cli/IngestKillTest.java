package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real process dies between the log's sync and the answer; the sender sends again. */
@Timeout(180)
class IngestKillTest {
  private static final int KILLED = 137;
  private static final String ROWS = "[{\"page\": \"a\"}, {\"page\": \"b\"}, {\"pgae\": \"c\"}]";

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  private record Running(Process process, String address) implements AutoCloseable {
    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }

  private Running up(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(FreshetCommand.class.getName(), "up", folder.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader output = process.inputReader();
    StringBuilder printed = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith("Web page")) {
        return new Running(process, line.substring("Web page".length()).strip());
      }
      printed.append(line).append('\n');
    }
    throw new AssertionError("it did not start: " + printed);
  }

  private HttpResponse<String> post(Running running, String key) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(running.address() + "/v1/ingest/clicks"))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofString(ROWS))
            .build(),
        BodyHandlers.ofString());
  }

  private String count(Running running, String expected) throws Exception {
    String answer = "";
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!answer.equals(expected) && System.nanoTime() < deadline) {
      answer =
          client
              .send(
                  HttpRequest.newBuilder(URI.create(running.address() + "/v1/sql?format=csv"))
                      .POST(BodyPublishers.ofString("SELECT COUNT(*) AS n FROM clicks"))
                      .build(),
                  BodyHandlers.ofString())
              .body()
              .replace("\r\n", " ")
              .strip();
    }
    return answer;
  }

  /** What {@code freshet verify} prints, behind its exit code. */
  private String verify() {
    StringWriter out = new StringWriter();
    PrintWriter printer = new PrintWriter(out, true);
    int exit = FreshetCommand.run(new String[] {"verify", folder.toString()}, printer, printer);
    return exit + "\n" + out;
  }

  private void writeContract(String type) throws IOException {
    Files.writeString(folder.resolve("contracts/clicks.yaml"), "columns: {page: " + type + "}\n");
  }

  @Test
  void writesOnceWhatIsSentAgain() throws Exception {
    Files.writeString(folder.resolve("freshet.yaml"), "name: web\nserve: {port: 0}\n");
    Files.createDirectories(folder.resolve("sources"));
    Files.createDirectories(folder.resolve("contracts"));
    Files.writeString(folder.resolve("sources/web.yaml"), "kind: http\ntables: [clicks]\n");
    writeContract("VARCHAR");
    try (Running dies = up("-Dfreshet.crash-point=ingest-durable")) {
      assertThatThrownBy(() -> post(dies, "first")).isInstanceOf(IOException.class);
      assertThat(dies.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(dies.process().exitValue()).isEqualTo(KILLED);
    }
    try (Running lives = up()) {
      HttpResponse<String> again = post(lives, "first");
      assertThat(again.statusCode()).isEqualTo(200);
      assertThat(again.headers().firstValue("Idempotent-Replayed")).contains("true");
      assertThat(again.body()).contains("\"accepted\":2", "\"index\":2", "there is no column pgae");
      assertThat(count(lives, "n 2")).isEqualTo("n 2");
      // What would show if the key were not known: equal rows count each.
      assertThat(post(lives, "second").headers().firstValue("Idempotent-Replayed")).isEmpty();
      assertThat(count(lives, "n 4")).isEqualTo("n 4");
      assertThat(verify()).startsWith("0\n").contains("live      the running process", "all equal");
      writeContract("BIGINT");
      assertThat(verify()).startsWith("1\n").contains("\nDIFFERENT ");
    } finally {
      client.shutdownNow();
    } // killed
    writeContract("VARCHAR");
    assertThat(verify()).startsWith("0\n").contains("live      the state saved", "all equal");
  }
}
