package dev.freshet.bench.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs of the operating system that proofs need, such as mount, kill and strace. */
public final class Commands {
  private Commands() {}

  /** What a program answered; its output and errors are one text. */
  public record Answer(int exit, String text) {}

  /** Runs a program to its end; its input is empty. */
  public static Answer run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Answer(process.waitFor(), text.strip());
  }

  /**
   * As {@link #run}, for a program that must succeed.
   *
   * @throws IOException with what it said, when it did not
   */
  public static String require(String... command) throws IOException, InterruptedException {
    Answer answer = run(List.of(command));
    if (answer.exit() != 0) {
      throw new IOException(
          "Failed to run " + String.join(" ", command) + ": it says " + answer.text());
    }
    return answer.text();
  }

  /** Whether a program of this name lies in a folder of the path. */
  public static boolean exists(String name) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, name))) {
        return true;
      }
    }
    return false;
  }
}
