package dev.freshet.bench.harness;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The options of one benchmark or proof, as {@code --name value} or {@code --name=value}; a {@code
 * --name} without a value is a flag. An option that is not declared is refused, so a typing mistake
 * never measures the wrong thing.
 *
 * <pre>
 * Options options = Options.of(arguments, "rate", "for");
 * int rate = (int) options.number("rate", 5_000);
 * </pre>
 */
public final class Options {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

  private final Map<String, String> values;

  private Options(Map<String, String> values) {
    this.values = values;
  }

  /**
   * @param known the names of all options that may occur, without the dashes
   * @throws FreshetException for an argument that is no option, or an option that is not known
   */
  public static Options of(List<String> arguments, String... known) {
    Set<String> names = Set.of(known);
    Map<String, String> values = new HashMap<>();
    List<String> rest = new ArrayList<>(arguments);
    while (!rest.isEmpty()) {
      String argument = rest.removeFirst();
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      if (!name.startsWith("--") || !names.contains(name.substring(2))) {
        throw invalid("option", argument, "known are " + listed(names));
      }
      boolean valueFollows = equals < 0 && !rest.isEmpty() && !rest.getFirst().startsWith("--");
      String value =
          equals >= 0 ? argument.substring(equals + 1) : valueFollows ? rest.removeFirst() : "";
      values.put(name.substring(2), value);
    }
    return new Options(Map.copyOf(values));
  }

  /** Whether the option was given, with or without a value. */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** The option's text, or {@code otherwise} when it was not given. */
  public String text(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  /** The option as a whole number; underscores may group its digits. */
  public long number(String name, long otherwise) {
    String value = values.get(name);
    if (value == null) {
      return otherwise;
    }
    try {
      return Long.parseLong(value.replace("_", ""));
    } catch (NumberFormatException e) {
      throw invalid("--" + name, value, "give a whole number");
    }
  }

  /** The option as a whole number from {@code min} to {@code max}. */
  public long within(String name, long otherwise, long min, long max) {
    long value = number(name, otherwise);
    if (value < min || value > max) {
      throw invalid("--" + name, String.valueOf(value), "give a number from " + min + " to " + max);
    }
    return value;
  }

  /** The option as a duration such as {@code 250ms}, {@code 60s}, {@code 5m}, {@code 1h}. */
  public Duration duration(String name, Duration otherwise) {
    String value = values.get(name);
    if (value == null) {
      return otherwise;
    }
    Matcher matcher = DURATION.matcher(value);
    if (!matcher.matches()) {
      throw invalid("--" + name, value, "give a duration such as 250ms, 60s, 5m or 1h");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofHours(amount);
    };
  }

  private static String listed(Set<String> names) {
    return names.isEmpty()
        ? "none"
        : names.stream()
            .sorted()
            .map(name -> "--" + name)
            .reduce((a, b) -> a + ", " + b)
            .orElseThrow();
  }

  private static FreshetException invalid(String what, String value, String fix) {
    return new FreshetException(
        ErrorCode.REQUEST_INVALID, "Invalid " + what + ": " + value + "; " + fix);
  }
}
