package dev.freshet.runtime.console;

import dev.freshet.serve.backend.SystemStatus;
import dev.freshet.serve.text.StatusText;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Shows a system's status once a second: redrawn in place on a terminal, or now and then one below
 * the other when the output is a file or a pipe. One thread owns it.
 */
public final class LiveView {
  private static final int SUMMARY_EVERY = 5;

  /** A terminal that is narrower than this may be torn. */
  private static final int COLUMNS_MIN = 20;

  private final PrintStream out;
  private final boolean terminal;
  private final Supplier<TerminalSize> size;
  private int drawnLines;
  private int updates;

  public LiveView(PrintStream out) {
    this(out, System.console() != null && System.console().isTerminal(), TerminalSize::current);
  }

  LiveView(PrintStream out, boolean terminal, Supplier<TerminalSize> size) {
    this.out = out;
    this.terminal = terminal;
    this.size = size;
  }

  /**
   * @param address of the web page: what was printed before may have scrolled away
   */
  public void show(SystemStatus status, String address) {
    if (terminal) {
      redraw(fitted(status, address, size.get()));
    } else if (updates++ % SUMMARY_EVERY == 0) {
      summary(status);
    }
  }

  /** Ends the view: what is printed next begins below it, not behind the {@code ^C}. */
  public void end() {
    if (terminal && drawnLines > 0) {
      out.println();
    }
  }

  /**
   * A line that wraps or scrolls away would break the redrawing. So prose is broken at the last
   * column and tables are cut there, and what has no room in the height is left out.
   */
  private static List<String> fitted(SystemStatus status, String address, TerminalSize size) {
    List<String> prose = new ArrayList<>(StatusText.prose(status));
    prose.set(0, prose.getFirst() + "  " + address);
    int columns = Math.max(COLUMNS_MIN, size.columns());
    List<String> lines = new ArrayList<>();
    for (String line : prose) {
      line.lines().forEach(part -> lines.addAll(broken(part, columns)));
    }
    for (String line : StatusText.tables(status)) {
      lines.add(line.length() > columns ? line.substring(0, columns) : line);
    }
    int room = Math.max(1, size.rows() - 1);
    if (lines.size() <= room) {
      return lines;
    }
    int hidden = lines.size() - room + 1;
    List<String> shown = new ArrayList<>(lines.subList(0, room - 1));
    shown.add("... " + hidden + " more lines: freshet status");
    return shown;
  }

  private static List<String> broken(String line, int columns) {
    List<String> parts = new ArrayList<>();
    String rest = line;
    while (rest.length() > columns) {
      int blank = rest.lastIndexOf(' ', columns);
      int end = blank > columns / 2 ? blank : columns;
      parts.add(rest.substring(0, end).stripTrailing());
      rest = "    " + rest.substring(end).strip();
    }
    parts.add(rest);
    return parts;
  }

  private void redraw(List<String> lines) {
    StringBuilder frame = new StringBuilder();
    if (drawnLines > 0) {
      frame.append("\u001b[").append(drawnLines).append('A');
    }
    for (String line : lines) {
      frame.append("\r\u001b[2K").append(line).append('\n');
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
