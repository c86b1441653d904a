package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.system.FreshetSystem;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/guides/http-ingest.md says, step by step, and finds what it shows. */
@Timeout(120)
class HttpIngestGuideTest {
  private static final Pattern STEP =
      Pattern.compile("<!-- ([a-z]+) ?(\\S*) -->\\n```[a-z]+\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern COMMAND =
      Pattern.compile("^\\$ (.*?[^\\\\])\\n(.*?)(?=^\\$ |\\z)", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|([^\\s\\\\]+)");

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private FreshetSystem system;
  private int posts;
  private int queries;

  @Test
  void showsWhatFreshetDoes() throws Exception {
    Matcher step = STEP.matcher(Files.readString(Path.of("../docs/guides/http-ingest.md")));
    try {
      while (step.find()) {
        perform(step.group(1), step.group(2), step.group(3));
      }
    } finally {
      client.shutdownNow();
      if (system != null) {
        system.close();
      }
    }
    assertThat(posts).isEqualTo(9);
    assertThat(queries).isEqualTo(4);
  }

  private void perform(String step, String argument, String block) throws Exception {
    Path mine = folder.resolve("mine");
    switch (step) {
      case "init" -> {
        assertThat(block)
            .endsWith(
                run("init", mine.toString(), "--from", "http").replace(mine.toString(), "mine"));
        Path settings = mine.resolve("freshet.yaml");
        Files.writeString(settings, Files.readString(settings).replace("port: 8790", "port: 0"));
      }
      case "shows" -> assertThat(mine.resolve(argument)).content().contains(block);
      case "file" -> Files.writeString(folder.resolve(argument), block);
      case "up" -> system = FreshetSystem.start(ProjectReader.read(mine, Map.of(), ""));
      case "post" -> {
        Matcher command = COMMAND.matcher(block);
        while (command.find()) {
          assertThat(post(words(command.group(1)))).isEqualTo(command.group(2));
          posts++;
        }
      }
      case "query" -> query(mine, block);
      default -> throw new AssertionError("Unknown step in the guide: " + step);
    }
  }

  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(command);
    while (word.find()) {
      words.add(word.group(1) != null ? word.group(1) : word.group(word.group(2) != null ? 2 : 3));
    }
    return words;
  }

  /** What curl would print. */
  private String post(List<String> words) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder();
    for (int i = 1; i < words.size(); i++) {
      String word = words.get(i);
      switch (word) {
        case "-H" -> {
          String[] header = words.get(++i).split(": ", 2);
          request.header(header[0], header[1]);
        }
        case "-d" -> request.POST(BodyPublishers.ofString(words.get(++i)));
        case "--data-binary" ->
            request.POST(BodyPublishers.ofFile(folder.resolve(words.get(++i).substring(1))));
        default -> request.uri(URI.create(word.replace("http://127.0.0.1:8790", system.address())));
      }
    }
    return client.send(request.build(), BodyHandlers.ofString()).body();
  }

  private void query(Path mine, String block) throws Exception {
    assertThat(system.awaitApplied(20, TimeUnit.SECONDS)).isTrue();
    List<String> words = words(block.lines().findFirst().orElseThrow());
    String printed = run("query", "--project", mine.toString(), words.getLast());
    assertThat(rows(printed)).isEqualTo(rows(block.substring(block.indexOf('\n') + 1)));
    queries++;
  }

  /** Without the last line, which tells step and time. */
  private static String rows(String output) {
    return output.substring(0, output.lastIndexOf("\n("));
  }

  private static String run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        FreshetCommand.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
    assertThat(err.toString()).isEmpty();
    assertThat(exit).isZero();
    return out.toString();
  }
}
