package dev.freshet.measure;

import java.util.Optional;

/**
 * What a measured process tells the one that started it, as lines of its output:
 *
 * <pre>
 * figure events_per_s 253000.7
 * note unsupported OVER windows on updating inputs
 * </pre>
 *
 * @param text a figure's number, a note's text
 */
public record Told(Kind kind, String name, String text) {
  /** What a line is. */
  public enum Kind {
    FIGURE,
    NOTE
  }

  private static final String FIGURE = "figure ";
  private static final String NOTE = "note ";

  /** Prints a figure. */
  public static void figure(String name, double value) {
    System.out.println(FIGURE + name + " " + value);
  }

  /** Prints a note; its line breaks become spaces. */
  public static void note(String name, String text) {
    System.out.println(NOTE + name + " " + text.replaceAll("\\s+", " ").strip());
  }

  /** The line's meaning; empty for a line that is neither figure nor note. */
  public static Optional<Told> read(String line) {
    Kind kind;
    String rest;
    if (line.startsWith(FIGURE)) {
      kind = Kind.FIGURE;
      rest = line.substring(FIGURE.length());
    } else if (line.startsWith(NOTE)) {
      kind = Kind.NOTE;
      rest = line.substring(NOTE.length());
    } else {
      return Optional.empty();
    }
    int space = rest.indexOf(' ');
    return space < 0
        ? Optional.empty()
        : Optional.of(new Told(kind, rest.substring(0, space), rest.substring(space + 1)));
  }

  /** A figure's value. */
  public double value() {
    return Double.parseDouble(text);
  }
}
