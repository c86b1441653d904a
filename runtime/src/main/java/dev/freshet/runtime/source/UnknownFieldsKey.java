package dev.freshet.runtime.source;

import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.runtime.yaml.YamlMap;

/** {@code unknown-fields:}, which means the same for every kind of source that has it. */
final class UnknownFieldsKey {
  static final String NAME = "unknown-fields";

  private UnknownFieldsKey() {}

  /**
   * @param usual where nothing is said
   * @throws dev.freshet.core.error.FreshetException CONFIG_INVALID with the place in the file
   */
  static UnknownFields read(YamlMap map, UnknownFields usual) {
    return map.find(NAME)
        .map(value ->
            UnknownFields.parse(value.text())
                .orElseThrow(() ->
                    value.invalid(
                        "Invalid " + NAME + ": " + value.text() + ". It is refuse or ignore.")))
        .orElse(usual);
  }
}
