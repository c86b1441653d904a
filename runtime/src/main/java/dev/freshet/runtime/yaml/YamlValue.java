package dev.freshet.runtime.yaml;

import dev.freshet.core.error.FreshetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * One value of a YAML document with its name and place. Conversions fail with the place and what is
 * wanted.
 */
public final class YamlValue {
  private static final Pattern DURATION = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");
  private static final Pattern ONE_VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");
  private static final Pattern BYTES = Pattern.compile("(\\d+)\\s*(b|kib|mib|gib)?");

  private final YamlReader reader;
  private final String name;
  private final Node node;

  YamlValue(YamlReader reader, String name, Node node) {
    this.reader = reader;
    this.name = name;
    this.node = node;
  }

  public Place place() {
    return reader.place(node);
  }

  /** An error about this value, at its place. */
  public FreshetException invalid(String message) {
    return place().invalid(message);
  }

  public String text() {
    if (node instanceof ScalarNode scalar) {
      return reader.expand(scalar.getValue(), place());
    }
    throw invalid("Invalid value for " + name + ": a text is wanted here, not a list or map.");
  }

  /** Whether the text takes anything from the environment. */
  public boolean namesVariable() {
    return node instanceof ScalarNode scalar && scalar.getValue().contains("${");
  }

  /** The variable whose value this is, if it is that of one, with nothing else and no default. */
  public Optional<String> variable() {
    if (node instanceof ScalarNode scalar) {
      Matcher matcher = ONE_VARIABLE.matcher(scalar.getValue().strip());
      return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
    return Optional.empty();
  }

  public long integer(long min, long max) {
    String text = text();
    try {
      long value = Long.parseLong(text.strip());
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // answered below
    }
    throw invalid(
        "Invalid value for "
            + name
            + ": "
            + text
            + ". It takes a whole number from "
            + min
            + " to "
            + max
            + ".");
  }

  public boolean flag() {
    String text = text();
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw invalid("Invalid value for " + name + ": " + text + ". Write true or false.");
    };
  }

  /** A time such as 100ms, 1s, 15m, 2h or 1d. */
  public Duration duration() {
    String text = text();
    Matcher matcher = DURATION.matcher(text.strip());
    if (!matcher.matches()) {
      throw invalid(
          "Invalid value for "
              + name
              + ": "
              + text
              + ". Write a number and a unit, such as 100ms, 1s, 15m, 2h or 1d.");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  /** A size in bytes such as 64MiB. */
  public long bytes() {
    String text = text();
    Matcher matcher = BYTES.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw invalid(
          "Invalid value for "
              + name
              + ": "
              + text
              + ". Write a number and a unit, such as 512KiB, 64MiB or 4GiB.");
    }
    long number = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2);
    return switch (unit == null ? "b" : unit) {
      case "kib" -> number << 10;
      case "mib" -> number << 20;
      case "gib" -> number << 30;
      default -> number;
    };
  }

  public List<YamlValue> list() {
    if (!(node instanceof SequenceNode sequence)) {
      throw invalid("Invalid value for " + name + ": a list is wanted here, such as [a, b].");
    }
    List<YamlValue> values = new ArrayList<>();
    for (Node element : sequence.getValue()) {
      values.add(new YamlValue(reader, name, element));
    }
    return values;
  }

  public List<String> texts() {
    return list().stream().map(YamlValue::text).toList();
  }

  public boolean isMap() {
    return node instanceof MappingNode;
  }

  public YamlMap map() {
    if (node instanceof MappingNode mapping) {
      return YamlMap.of(reader, mapping);
    }
    throw invalid("Invalid value for " + name + ": a map of keys to values is wanted here.");
  }

  /** The same text for values that say the same, however they are written. */
  public String canonical() {
    if (node instanceof MappingNode) {
      return map().canonical();
    }
    return node instanceof SequenceNode
        ? list().stream().map(YamlValue::canonical).toList().toString()
        : text();
  }
}
