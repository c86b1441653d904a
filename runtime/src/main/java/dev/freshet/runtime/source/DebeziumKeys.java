package dev.freshet.runtime.source;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.debezium.MySqlSettings.Tls;
import dev.freshet.runtime.yaml.YamlMap;
import dev.freshet.runtime.yaml.YamlValue;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Settings that all sources have that Debezium reads. */
final class DebeziumKeys {
  private DebeziumKeys() {}

  static Tls tls(YamlValue value) {
    return Tls.parse(value.text())
        .orElseThrow(() ->
            value.invalid(
                "Invalid value: "
                    + value.text()
                    + ". It is off, required, verify-ca or verify-full."));
  }

  /**
   * Further settings of the connector.
   *
   * @param isOurs whether the source sets a property itself
   */
  static Map<String, String> properties(YamlValue value, String kind, Predicate<String> isOurs) {
    Map<String, String> properties = new TreeMap<>();
    YamlMap map = value.map();
    for (String name : map.keys()) {
      YamlValue property = map.require(name);
      if (isOurs.test(name)) {
        throw property.invalid(
            "Invalid property of Debezium: " + name + ": the source sets it itself.");
      }
      if (name.toLowerCase(Locale.ROOT).contains("password") && !property.namesVariable()) {
        // The error does not show the line, which has the secret.
        throw new FreshetException(
            ErrorCode.CONFIG_INVALID,
            "Invalid value of "
                + name
                + " of a source of kind "
                + kind
                + ": it is a secret, and stands in the file. Take it from the environment: "
                + name
                + ": ${"
                + kind.toUpperCase(Locale.ROOT)
                + "_SECRET}.");
      }
      properties.put(name, property.text());
    }
    return properties;
  }
}
