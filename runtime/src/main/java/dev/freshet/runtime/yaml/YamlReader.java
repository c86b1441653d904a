package dev.freshet.runtime.yaml;

import dev.freshet.core.error.FreshetException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads one YAML document (YAML 1.2). {@code ${NAME}} and {@code ${NAME:-default}} in values are
 * replaced from the environment when the value is asked for.
 */
public final class YamlReader {
  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}");

  private final String file;
  private final List<String> lines;
  private final int firstLine;
  private final Map<String, String> environment;

  private YamlReader(String file, String text, int firstLine, Map<String, String> environment) {
    this.file = file;
    this.lines = text.lines().toList();
    this.firstLine = firstLine;
    this.environment = environment;
  }

  /** Reads a file's text. */
  public static YamlMap read(String file, String text, Map<String, String> environment) {
    return read(file, text, 1, environment);
  }

  /**
   * Reads a part of a file that begins at line {@code firstLine}.
   *
   * @throws FreshetException CONFIG_INVALID with the place when the text is not YAML or not a map
   */
  public static YamlMap read(
      String file, String text, int firstLine, Map<String, String> environment) {
    YamlReader reader = new YamlReader(file, text, firstLine, environment);
    try {
      LoadSettings settings =
          LoadSettings.builder().setLabel(file).setAllowDuplicateKeys(false).build();
      Optional<Node> root = new Compose(settings).composeString(text);
      if (root.isEmpty()) {
        return YamlMap.empty(reader);
      }
      if (root.get() instanceof MappingNode mapping) {
        return YamlMap.of(reader, mapping);
      }
      throw reader
          .place(root.get())
          .invalid("Invalid file: its top level must be a map of keys to values.");
    } catch (MarkedYamlEngineException e) {
      throw reader
          .place(e.getProblemMark().or(e::getContextMark))
          .invalid("Invalid YAML: " + e.getProblem() + ".");
    }
  }

  Place firstPlace() {
    return place(Optional.empty());
  }

  Place place(Node node) {
    return place(node.getStartMark());
  }

  private Place place(Optional<Mark> mark) {
    int line = mark.map(Mark::getLine).orElse(0);
    int column = mark.map(Mark::getColumn).orElse(0);
    String sourceLine = line < lines.size() ? lines.get(line) : "";
    return new Place(file, firstLine + line, column + 1, sourceLine);
  }

  /** The text with variables replaced. */
  String expand(String text, Place place) {
    Matcher matcher = VARIABLE.matcher(text);
    StringBuilder expanded = new StringBuilder();
    while (matcher.find()) {
      String name = matcher.group(1);
      String value = environment.get(name);
      if (value == null) {
        value = matcher.group(2);
      }
      if (value == null) {
        throw place.invalid(
            "Cannot resolve variable: "
                + name
                + ". Set it in the environment, or give a default: ${"
                + name
                + ":-value}.");
      }
      matcher.appendReplacement(expanded, Matcher.quoteReplacement(value));
    }
    return matcher.appendTail(expanded).toString();
  }
}
