package dev.freshet.runtime.project;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.runtime.yaml.Place;
import dev.freshet.runtime.yaml.YamlValue;
import java.util.Map;
import java.util.Optional;

/**
 * A secret that a file names and does not hold: which variable of the environment has it. It is
 * looked at only where it is needed, so that commands without need of it run without it; and it is
 * never part of a text. Immutable; safe for all threads.
 */
public final class Secret {
  private final String variable;
  private final Place place;
  private final Optional<String> value;

  private Secret(String variable, Place place, Optional<String> value) {
    this.variable = variable;
    this.place = place;
    this.value = value;
  }

  /**
   * @param setting how the file names it, such as {@code masking.key}
   * @throws FreshetException {@link ErrorCode#CONFIG_INVALID} when the secret, or one to fall back
   *     to, stands in the file; the line is not shown then
   */
  static Secret of(String setting, YamlValue setTo, Map<String, String> environment) {
    String variable =
        setTo
            .variable()
            .orElseThrow(() ->
                new FreshetException(
                    ErrorCode.CONFIG_INVALID,
                    "Invalid value of "
                        + setting
                        + " in "
                        + setTo.place().file()
                        + ":"
                        + setTo.place().line()
                        + ": it is a secret, and stands in the file. Take it from the environment,"
                        + " without a default: "
                        + setting
                        + ": ${MASKING_KEY}."));
    return new Secret(
        variable,
        setTo.place(),
        Optional.ofNullable(environment.get(variable)).filter(value -> !value.isBlank()));
  }

  /**
   * @throws FreshetException {@link ErrorCode#CONFIG_INVALID} with the place, when the variable is
   *     not set
   */
  public String reveal() {
    return value.orElseThrow(() ->
        place.invalid(
            "Cannot find a secret: variable "
                + variable
                + " is not set in the environment. Set it before the start."));
  }

  /** Where it is taken from, as {@code ${NAME}}. */
  @Override
  public String toString() {
    return "${" + variable + "}";
  }
}
