package dev.freshet.bench.numbered;

import dev.freshet.core.port.Clock;
import java.util.Optional;

/**
 * What the process tells, a line each.
 *
 * @param number the last transaction that was found by {@link Kind#OPENED}, or the one that is
 *     {@link Kind#ACKNOWLEDGED}
 * @param micros when, by the machine's clock
 */
public record Told(Kind kind, long number, long micros, String text) {
  private static final String MARK = "@";

  /** What happened. */
  public enum Kind {
    OPENED,
    ACKNOWLEDGED,
    FAILED
  }

  static void print(Kind kind, long number, String text) {
    String line = text.replace('\n', ' ');
    System.out.println(
        MARK + " " + kind + " " + number + " " + Clock.system().wallMicros() + " " + line);
    System.out.flush();
  }

  static Optional<Told> read(String line) {
    String[] words = line.split(" ", 5);
    if (words.length < 5 || !words[0].equals(MARK)) {
      return Optional.empty();
    }
    return Optional.of(
        new Told(
            Kind.valueOf(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]), words[4]));
  }
}
