package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/guides/files.md says, step by step, and finds what it shows. */
@Timeout(180)
class FilesGuideTest {
  @TempDir private Path folder;

  @Test
  void showsWhatFreshetDoes() throws Exception {
    try (PrintedGuide guide = new PrintedGuide(folder.resolve("shop"))) {
      PrintedGuide.Steps steps = (step, argument, block) -> perform(guide, step, argument, block);
      assertThat(guide.follow("files.md", steps)).isEqualTo(8);
    }
  }

  private void perform(PrintedGuide guide, String step, String argument, String block)
      throws Exception {
    Path shop = folder.resolve("shop");
    String inbox = folder.resolve("inbox").toString();
    String output = PrintedGuide.output(block);
    switch (step) {
      case "file" -> write(argument, block);
      case "init" -> {
        String printed = PrintedCommand.run("init", shop.toString(), "--from", inbox);
        guide.shows(printed.replace(shop.toString(), "shop"), output);
        replace(shop.resolve("freshet.yaml"), "port: 8790", "port: 0");
        replace(shop.resolve("sources/files.yaml"), inbox, "../inbox");
      }
      case "dump" -> {
        String line = output.lines().filter(each -> each.startsWith("{")).findFirst().orElseThrow();
        String expected = line.substring(line.indexOf("\"table\""));
        String printed = PrintedCommand.run("log", "dump", "--project", shop.toString(), "--rows");
        guide.showsPart(printed, expected);
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
}
