package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.objectserver.ObjectServer;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.system.FreshetSystem;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/guides/object-stores.md says, step by step, and finds what it shows. */
@Timeout(180)
class ObjectStoresGuideTest {
  private static final Pattern STEP =
      Pattern.compile("<!-- ([a-z]+) ?(\\S*) -->\\n```[a-z]+\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern SQL = Pattern.compile("\"(SELECT .*)\"");

  @TempDir private Path shop;
  private ObjectServer server;
  private FreshetSystem system;
  private int shown;

  @Test
  void showsWhatFreshetDoes() throws Exception {
    server = ObjectServer.start();
    Matcher step = STEP.matcher(Files.readString(Path.of("../docs/guides/object-stores.md")));
    try {
      while (step.find()) {
        perform(step.group(1), step.group(2), step.group(3));
      }
    } finally {
      if (system != null) {
        system.close();
      }
      server.close();
    }
    assertThat(shown).isEqualTo(2);
  }

  private void perform(String step, String argument, String block) throws Exception {
    String output = block.substring(block.indexOf('\n') + 1);
    switch (step) {
      case "object" -> server.put(argument, block);
      case "file" -> {
        Path file = shop.resolve(argument);
        Files.createDirectories(file.getParent());
        Files.writeString(file, here(block));
      }
      case "check" -> {
        assertThat(run("check", shop.toString())).isEqualTo(output);
        shown++;
      }
      case "up" -> {
        Files.writeString(shop.resolve("freshet.yaml"), "name: shop\nserve: {port: 0}\n");
        system = FreshetSystem.start(ProjectReader.read(shop, Map.of(), ""));
      }
      case "query" -> query(block, output);
      default -> throw new AssertionError("Unknown step in the guide: " + step);
    }
  }

  /** With the server that is there, and variables that are not. */
  private String here(String text) {
    return text.replace("http://localhost:9000", server.endpoint().toString())
        .replace("${S3_ACCESS_KEY}", "${S3_TEST_ACCESS_KEY:-" + ObjectServer.ACCESS_KEY + "}")
        .replace("${S3_SECRET_KEY}", "${S3_TEST_SECRET_KEY:-" + ObjectServer.SECRET_KEY + "}");
  }

  private void query(String block, String output) throws Exception {
    Matcher sql = SQL.matcher(block.lines().findFirst().orElseThrow());
    assertThat(sql.find()).isTrue();
    String printed = "";
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!printed.equals(rows(output)) && System.nanoTime() < deadline) {
      printed = rows(run("query", "--project", shop.toString(), sql.group(1)));
    }
    assertThat(printed).isEqualTo(rows(output));
    shown++;
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
