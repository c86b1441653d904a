package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What a command prints. */
final class PrintedCommand {
  private PrintedCommand() {}

  /** Of one that succeeds, and has nothing to complain of. */
  static String run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        FreshetCommand.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
    assertThat(err.toString()).isEmpty();
    assertThat(exit).isZero();
    return out.toString();
  }
}
