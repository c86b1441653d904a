package dev.freshet.runtime.console;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rows and columns of a terminal. */
record TerminalSize(int rows, int columns) {
  /** What a terminal has that does not say. */
  static final TerminalSize USUAL = new TerminalSize(24, 80);

  private static final Pattern STTY = Pattern.compile("(\\d+) (\\d+)\\s*");

  /** Of the terminal that this process runs in, as it is now. */
  static TerminalSize current() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return parse(new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
    } catch (IOException e) {
      return USUAL;
    }
  }

  /** What {@code stty size} prints; a terminal that knows no size says {@code 0 0}. */
  static TerminalSize parse(String text) {
    Matcher size = STTY.matcher(text);
    if (!size.matches()) {
      return USUAL;
    }
    int rows = Integer.parseInt(size.group(1));
    int columns = Integer.parseInt(size.group(2));
    return rows == 0 || columns == 0 ? USUAL : new TerminalSize(rows, columns);
  }
}
