package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Does what docs/guides/files.md says, step by step, and finds what it shows. */
@Timeout(180)
class FilesGuideTest {
  private static final Pattern STEP =
      Pattern.compile("<!-- ([a-z]+) ?(\\S*) -->\\n```[a-z]+\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern SQL = Pattern.compile("\"(SELECT .*)\"");

  @TempDir private Path folder;
  private FreshetSystem system;
  private int shown;

  @Test
  void showsWhatFreshetDoes() throws Exception {
    Matcher step = STEP.matcher(Files.readString(Path.of("../docs/guides/files.md")));
    try {
      while (step.find()) {
        perform(step.group(1), step.group(2), step.group(3));
      }
    } finally {
      if (system != null) {
        system.close();
      }
    }
    assertThat(shown).isEqualTo(8);
  }

  private void perform(String step, String argument, String block) throws Exception {
    Path shop = folder.resolve("shop");
    String output = block.substring(block.indexOf('\n') + 1);
    switch (step) {
      case "file" -> write(argument, block);
      case "init" -> {
        String printed = run("init", shop.toString(), "--from", folder.resolve("inbox").toString());
        assertThat(printed.replace(shop.toString(), "shop")).isEqualTo(output);
        replace(shop.resolve("freshet.yaml"), "port: 8790", "port: 0");
        replace(shop.resolve("sources/files.yaml"), folder.resolve("inbox").toString(), "../inbox");
        shown++;
      }
      case "shows" -> {
        assertThat(shop.resolve(argument)).content().contains(block);
        shown++;
      }
      case "check" -> {
        assertThat(run("check", shop.toString())).isEqualTo(output);
        shown++;
      }
      case "up" -> system = FreshetSystem.start(ProjectReader.read(shop, Map.of(), ""));
      case "query" -> query(shop, block, output);
      case "dump" -> {
        String line = output.lines().filter(each -> each.startsWith("{")).findFirst().orElseThrow();
        assertThat(run("log", "dump", "--project", shop.toString(), "--rows"))
            .contains(line.substring(line.indexOf("\"table\"")));
        shown++;
      }
      default -> throw new AssertionError("Unknown step in the guide: " + step);
    }
  }

  /** As a writer does that renames when it is done. */
  private void write(String file, String text) throws Exception {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Path temporary = Files.writeString(path.resolveSibling(path.getFileName() + ".tmp"), text);
    Files.move(temporary, path);
  }

  private static void replace(Path file, String from, String to) throws Exception {
    Files.writeString(file, Files.readString(file).replace(from, to));
  }

  /** A file is read a moment after it came. */
  private void query(Path shop, String block, String output) throws Exception {
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
