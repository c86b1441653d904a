package dev.freshet.capture.generator;

import dev.freshet.core.error.Check;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a source makes up.
 *
 * @param name the source's name in the project
 * @param tables of the data set that are delivered; others are left out
 * @param eventsPerSecond how fast events come
 * @param limit how many events there are; without one they never end
 * @param firstMicros when the first event happens, microseconds since the epoch; without it, when
 *     the source starts for the first time
 */
public record GeneratorSettings(
    String name,
    Dataset data,
    List<String> tables,
    double eventsPerSecond,
    OptionalLong limit,
    OptionalLong firstMicros) {
  public static final double RATE_MAX = 1_000_000;

  public GeneratorSettings {
    tables = List.copyOf(tables);
    Check.that(
        eventsPerSecond > 0 && eventsPerSecond <= RATE_MAX, "events come, and not without end");
  }
}
