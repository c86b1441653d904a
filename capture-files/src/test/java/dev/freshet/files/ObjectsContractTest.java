package dev.freshet.files;

import dev.freshet.objectserver.ObjectServer;
import dev.freshet.sourcetest.SourceContract;
import dev.freshet.sourcetest.SourceFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What every source does, by the objects of a store. */
class ObjectsContractTest extends SourceContract {
  private static ObjectServer server;
  private static int fixtures;

  @BeforeAll
  static void startServer() {
    server = ObjectServer.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Override
  protected SourceFixture fixture(Path directory) {
    String prefix = "in-" + fixtures++;
    return new FilesFixture(
        () -> Objects.below(server, prefix),
        (path, text) -> server.put(prefix + "/" + path, text),
        () -> {});
  }
}
