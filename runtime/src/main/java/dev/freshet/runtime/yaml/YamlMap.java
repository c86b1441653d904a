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
  private final Map<String, Entry> entries;

  private YamlMap(Place place, Map<String, Entry> entries) {
    this.place = place;
    this.entries = entries;
  }

  private record Entry(Place keyPlace, YamlValue value) {}

  static YamlMap empty(YamlReader reader) {
    return new YamlMap(reader.firstPlace(), Map.of());
  }

  static YamlMap of(YamlReader reader, MappingNode node) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : node.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw reader.place(tuple.getKeyNode()).invalid("Invalid key: keys are plain texts.");
      }
      entries.put(
          key.getValue(),
          new Entry(
              reader.place(key), new YamlValue(reader, key.getValue(), tuple.getValueNode())));
    }
    return new YamlMap(reader.place(node), entries);
  }

  public Place place() {
    return place;
  }

  public Collection<String> keys() {
    return entries.keySet();
  }

  public Optional<YamlValue> find(String key) {
    return Optional.ofNullable(entries.get(key)).map(Entry::value);
  }

  public YamlValue require(String key) {
    return find(key)
        .orElseThrow(() -> place.invalid("Cannot find setting: " + key + ". It is required here."));
  }

  public String text(String key, String fallback) {
    return find(key).map(YamlValue::text).orElse(fallback);
  }

  /**
   * Refuses keys that are not known here; a misspelt one is answered with the nearest known key.
   *
   * @throws FreshetException CONFIG_INVALID at the key
   */
  public YamlMap allow(String... known) {
    for (Map.Entry<String, Entry> entry : entries.entrySet()) {
      if (!List.of(known).contains(entry.getKey())) {
        throw entry
            .getValue()
            .keyPlace()
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
    Map<String, Entry> merged = new LinkedHashMap<>(entries);
    merged.putAll(other.entries);
    return new YamlMap(place, merged);
  }

  /** The same text for maps that say the same, however they are written. */
  public String canonical() {
    return canonicalBut("");
  }

  /** As above, of all but one key. */
  public String canonicalBut(String leftOut) {
    Map<String, String> texts = new TreeMap<>();
    entries.forEach((key, entry) -> texts.put(key, entry.value().canonical()));
    texts.remove(leftOut);
    return texts.toString();
  }
}
