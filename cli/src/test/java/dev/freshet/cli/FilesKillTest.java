package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real process dies in the middle of a file, twice; each of its rows is there once. */
@Timeout(240)
class FilesKillTest {
  private static final int KILLED = 137;
  private static final int ROWS = 60_000;

  @TempDir private Path folder;

  private Process up(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(FreshetCommand.class.getName(), "up", folder.toString()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    if (options.length > 0) {
      builder.redirectOutput(folder.resolve("out").toFile());
    }
    return builder.start();
  }

  @Test
  void goesOnWhereItWas() throws Exception {
    Files.writeString(folder.resolve("freshet.yaml"), "name: web\nserve: {port: 0}\n");
    Files.createDirectories(folder.resolve("sources"));
    Files.createDirectories(folder.resolve("contracts"));
    Files.createDirectories(folder.resolve("inbox"));
    Files.writeString(
        folder.resolve("sources/files.yaml"),
        "kind: files\npath: inbox\ntables: [events]\nsettle: 0s\n");
    Files.writeString(
        folder.resolve("contracts/events.yaml"), "columns: {n: BIGINT, text: VARCHAR}\n");
    StringBuilder rows = new StringBuilder("n,text\n");
    for (int i = 0; i < ROWS; i++) {
      rows.append(i).append(",\"row\n").append(i).append("\"\n");
    }
    Files.writeString(folder.resolve("inbox/events.csv"), rows);

    for (int batches : new int[] {2, 3}) {
      Process dies = up("-Dfreshet.crash-point=files-batch:" + batches);
      assertThat(dies.waitFor(90, TimeUnit.SECONDS)).isTrue();
      assertThat(dies.exitValue()).as(Files.readString(folder.resolve("out"))).isEqualTo(KILLED);
    }
    Process lives = up();
    try {
      String sql = "SELECT COUNT(*) AS n, COUNT(DISTINCT n) AS d, SUM(n) AS s FROM events";
      assertThat(await(address(lives), sql, ROWS + "," + ROWS + "," + sum()))
          .isEqualTo(ROWS + "," + ROWS + "," + sum());
    } finally {
      lives.destroyForcibly().onExit().join();
    }
  }

  private static long sum() {
    return (long) ROWS * (ROWS - 1) / 2;
  }

  private static String address(Process process) throws IOException {
    BufferedReader output = process.inputReader();
    StringBuilder printed = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith("Web page")) {
        return line.substring("Web page".length()).strip();
      }
      printed.append(line).append('\n');
    }
    throw new AssertionError("it did not start: " + printed);
  }

  private static String await(String address, String sql, String expected) throws Exception {
    String answer = "";
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (!answer.equals(expected) && System.nanoTime() < deadline) {
        answer =
            client
                .send(
                    HttpRequest.newBuilder(URI.create(address + "/v1/sql?format=csv"))
                        .POST(BodyPublishers.ofString(sql))
                        .build(),
                    BodyHandlers.ofString())
                .body()
                .lines()
                .skip(1)
                .findFirst()
                .orElse("");
      }
    }
    return answer;
  }
}
