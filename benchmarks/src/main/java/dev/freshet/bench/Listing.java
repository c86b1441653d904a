package dev.freshet.bench;

import java.io.PrintStream;
import java.util.List;

/** What {@code ./bench} and {@code ./prove} print when no name is given. */
final class Listing {
  private Listing() {}

  static boolean isAskedFor(List<String> arguments) {
    return arguments.isEmpty()
        || arguments.getFirst().equals("--help")
        || arguments.getFirst().equals("-h");
  }

  /**
   * @param entries a name and a summary each
   */
  static void print(PrintStream out, String command, List<List<String>> entries) {
    out.println("Usage: ./" + command + " NAME [options]");
    if (entries.isEmpty()) {
      out.println("There is none yet.");
    }
    for (List<String> entry : entries) {
      out.printf("  %-16s %s%n", entry.getFirst(), entry.getLast());
    }
  }
}
