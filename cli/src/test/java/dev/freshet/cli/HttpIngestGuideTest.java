package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/guides/http-ingest.md says, step by step, and finds what it shows. */
@Timeout(120)
class HttpIngestGuideTest {
  private static final Pattern COMMAND =
      Pattern.compile("^\\$ (.*?[^\\\\])\\n(.*?)(?=^\\$ |\\z)", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|([^\\s\\\\]+)");

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void closeClient() {
    client.shutdownNow();
  }

  @Test
  void showsWhatFreshetDoes() throws Exception {
    try (PrintedGuide guide = new PrintedGuide(folder.resolve("mine"))) {
      PrintedGuide.Steps steps = (step, argument, block) -> perform(guide, step, argument, block);
      assertThat(guide.follow("http-ingest.md", steps)).isEqualTo(17);
    }
  }

  private void perform(PrintedGuide guide, String step, String argument, String block)
      throws Exception {
    Path mine = folder.resolve("mine");
    switch (step) {
      case "init" -> {
        String printed = PrintedCommand.run("init", mine.toString(), "--from", "http");
        guide.showsPart(block, printed.replace(mine.toString(), "mine"));
        Path settings = mine.resolve("freshet.yaml");
        Files.writeString(settings, Files.readString(settings).replace("port: 8790", "port: 0"));
      }
      case "file" -> Files.writeString(folder.resolve(argument), block);
      case "post" -> {
        Matcher command = COMMAND.matcher(block);
        while (command.find()) {
          guide.shows(post(guide.system().address(), words(command.group(1))), command.group(2));
        }
      }
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
  private String post(String address, List<String> words) throws Exception {
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
        default -> request.uri(URI.create(word.replace("http://127.0.0.1:8790", address)));
      }
    }
    return client.send(request.build(), BodyHandlers.ofString()).body();
  }
}
