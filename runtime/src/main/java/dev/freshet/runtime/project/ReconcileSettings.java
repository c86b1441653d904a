package dev.freshet.runtime.project;

import dev.freshet.runtime.yaml.YamlMap;
import dev.freshet.runtime.yaml.YamlValue;
import java.time.Duration;
import java.util.Optional;

/**
 * How often a source is compared with what is held of it by itself: {@code reconcile: {every: 1d,
 * repair: false}}.
 *
 * @param repair whether rows that differ are corrected then
 */
public record ReconcileSettings(Duration every, boolean repair) {
  private static final Duration EVERY_MIN = Duration.ofSeconds(1);

  /**
   * What the source's file says of it, if it does.
   *
   * @throws dev.freshet.core.error.FreshetException CONFIG_INVALID with the place in the file
   */
  public static Optional<ReconcileSettings> of(SourceSettings source) {
    return source.details().find("reconcile").map(ReconcileSettings::of);
  }

  private static ReconcileSettings of(YamlValue value) {
    YamlMap map = value.map().allow("every", "repair");
    YamlValue every = map.require("every");
    if (every.duration().compareTo(EVERY_MIN) < 0) {
      throw every
          .place()
          .invalid("Invalid reconcile.every: " + every.text() + ". It must be 1s or more.");
    }
    return new ReconcileSettings(
        every.duration(), map.find("repair").map(YamlValue::flag).orElse(false));
  }
}
