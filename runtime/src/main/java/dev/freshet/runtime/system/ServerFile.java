package dev.freshet.runtime.system;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file in the state folder that tells other commands where the running process listens. */
public final class ServerFile {
  private static final String NAME = "server.address";

  private final Path path;

  private ServerFile(Path path) {
    this.path = path;
  }

  static ServerFile write(Path state, String address) {
    Path path = state.resolve(NAME);
    try {
      Files.writeString(path, address + "\n");
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.STORAGE_FAILED, "Failed to write " + path + ": " + e.getMessage(), e);
    }
    return new ServerFile(path);
  }

  /** Whether a process says that it runs this state folder. */
  static boolean exists(Path state) {
    return Files.exists(state.resolve(NAME));
  }

  /**
   * Where the process that runs this state folder listens.
   *
   * @throws FreshetException {@link ErrorCode#NOT_RUNNING} when none runs
   */
  public static String address(Path state) {
    try {
      return Files.readString(state.resolve(NAME)).strip();
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.NOT_RUNNING,
          "Cannot reach the project: no Freshet runs on " + state + ". Start it with: freshet up",
          e);
    }
  }

  void delete() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // a leftover address is answered by a refused connection, which says the same
    }
  }
}
