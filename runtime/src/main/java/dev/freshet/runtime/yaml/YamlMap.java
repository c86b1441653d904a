package dev.freshet.runtime.yaml;

import dev.freshet.core.error.FreshetException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** A map of a YAML document. Keys keep their order. */
public final class YamlMap {
  private final Place place;
  private final Map<String, YamlValue> values;

  private YamlMap(Place place, Map<String, YamlValue> values) {
    this.place = place;
    this.values = values;
  }

  static YamlMap empty(YamlReader reader) {
    return new YamlMap(reader.firstPlace(), Map.of());
  }

  static YamlMap of(YamlReader reader, MappingNode node) {
    Map<String, YamlValue> values = new LinkedHashMap<>();
    for (NodeTuple tuple : node.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw reader.place(tuple.getKeyNode()).invalid("Invalid key: keys are plain texts.");
      }
      values.put(key.getValue(), new YamlValue(reader, key.getValue(), tuple.getValueNode()));
    }
    return new YamlMap(reader.place(node), values);
  }

  public Place place() {
    return place;
  }

  public Collection<String> keys() {
    return values.keySet();
  }

  public Optional<YamlValue> find(String key) {
    return Optional.ofNullable(values.get(key));
  }

  public YamlValue require(String key) {
    YamlValue value = values.get(key);
    if (value == null) {
      throw place.invalid("Cannot find setting: " + key + ". It is required here.");
    }
    return value;
  }

  public String text(String key, String fallback) {
    return find(key).map(YamlValue::text).orElse(fallback);
  }

  /**
   * Refuses keys that are not known here; a misspelt one is answered with the nearest known key.
   *
   * @throws FreshetException CONFIG_INVALID at the key's value
   */
  public YamlMap allow(String... known) {
    for (Map.Entry<String, YamlValue> entry : values.entrySet()) {
      if (!List.of(known).contains(entry.getKey())) {
        throw entry
            .getValue()
            .invalid(
                "Invalid setting: "
                    + entry.getKey()
                    + "."
                    + Suggestion.of(entry.getKey(), List.of(known))
                    + " Settings here are: "
                    + String.join(", ", known)
                    + ".");
      }
    }
    return this;
  }

  /** These values, replaced and completed by those of {@code other}. */
  public YamlMap overriddenBy(YamlMap other) {
    Map<String, YamlValue> merged = new LinkedHashMap<>(values);
    merged.putAll(other.values);
    return new YamlMap(place, merged);
  }

  /** The same text for maps that say the same, however they are written. */
  public String canonical() {
    Map<String, String> texts = new TreeMap<>();
    values.forEach((key, value) -> texts.put(key, value.canonical()));
    return texts.toString();
  }
}
