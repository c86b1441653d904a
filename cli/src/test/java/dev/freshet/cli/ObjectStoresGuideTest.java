package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.objectserver.ObjectServer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/guides/object-stores.md says, step by step, and finds what it shows. */
@Timeout(180)
class ObjectStoresGuideTest {
  @TempDir private Path shop;

  @Test
  void showsWhatFreshetDoes() throws Exception {
    try (ObjectServer server = ObjectServer.start();
        PrintedGuide guide = new PrintedGuide(shop)) {
      PrintedGuide.Steps steps = (step, argument, block) -> perform(server, step, argument, block);
      assertThat(guide.follow("object-stores.md", steps)).isEqualTo(2);
    }
  }

  private void perform(ObjectServer server, String step, String argument, String block)
      throws Exception {
    switch (step) {
      case "object" -> server.put(argument, block);
      case "file" -> {
        Path file = shop.resolve(argument);
        Files.createDirectories(file.getParent());
        Files.writeString(file, here(server, block));
      }
      default -> throw new AssertionError("Unknown step in the guide: " + step);
    }
  }

  /** With the server and a port that are there, and variables that are not. */
  private static String here(ObjectServer server, String text) {
    return text.replace("name: shop\n", "name: shop\nserve: {port: 0}\n")
        .replace("http://localhost:9000", server.endpoint().toString())
        .replace("${S3_ACCESS_KEY}", "${S3_TEST_ACCESS_KEY:-" + ObjectServer.ACCESS_KEY + "}")
        .replace("${S3_SECRET_KEY}", "${S3_TEST_SECRET_KEY:-" + ObjectServer.SECRET_KEY + "}");
  }
}
