package dev.freshet.runtime.system;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file in the state folder that tells other commands where the running process listens. */
public final class ServerFile {
  private static final String NAME = "server.address";
  private static final int CONNECT_MILLIS = 1_000;

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

  /**
   * Whether a process runs this state folder: one has said so, and still listens. A process that
   * was killed leaves its file behind.
   */
  public static boolean isAnswered(Path state) {
    if (Files.notExists(state.resolve(NAME))) {
      return false;
    }
    URI address = parse(address(state));
    if (address.getHost() == null || address.getPort() < 0) {
      return false;
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false; // nobody listens there: the file is a leftover
    }
  }

  /** A crash may also have left half a file. */
  private static URI parse(String address) {
    try {
      return new URI(address);
    } catch (URISyntaxException e) {
      return URI.create("");
    }
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
