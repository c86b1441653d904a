package dev.freshet.runtime.console;

import dev.freshet.serve.backend.SystemStatus;
import dev.freshet.serve.text.StatusText;
import java.io.PrintStream;
import java.util.List;

/**
 * Shows a system's status once a second: redrawn in place on a terminal, or as one summary line at
 * a time when the output is a file or a pipe. One thread owns it.
 */
public final class LiveView {
  private static final int SUMMARY_EVERY = 5;

  private final PrintStream out;
  private final boolean terminal;
  private int drawnLines;
  private int updates;

  public LiveView(PrintStream out) {
    this.out = out;
    this.terminal = System.console() != null && System.console().isTerminal();
  }

  public void show(SystemStatus status) {
    if (terminal) {
      redraw(StatusText.lines(status));
    } else if (updates++ % SUMMARY_EVERY == 0) {
      summary(status);
    }
  }

  private void redraw(List<String> lines) {
    StringBuilder frame = new StringBuilder();
    if (drawnLines > 0) {
      frame.append("\u001b[").append(drawnLines).append('A');
    }
    for (String line : lines) {
      frame.append("\u001b[2K").append(line).append('\n');
    }
    frame.append("\u001b[J");
    drawnLines = lines.size();
    out.print(frame);
    out.flush();
  }

  private void summary(SystemStatus status) {
    for (String line : StatusText.lines(status)) {
      out.println(line);
    }
    out.println();
  }
}
