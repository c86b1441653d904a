package dev.freshet.bench.ingest;

import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.system.FreshetSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Runs the project in a folder until its standard input ends; tells its address first. */
public final class PostServerMain {
  /** Before the address, on a line of its own. */
  public static final String ADDRESS = "address ";

  private PostServerMain() {}

  public static void main(String[] arguments) throws IOException {
    try (FreshetSystem system =
        FreshetSystem.start(ProjectReader.read(Path.of(arguments[0]), Map.of(), ""))) {
      System.out.println(ADDRESS + system.address());
      while (System.in.read() >= 0) {
        // until the benchmark closes it, or ends
      }
    }
  }
}
