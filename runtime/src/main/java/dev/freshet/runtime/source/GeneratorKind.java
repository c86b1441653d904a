package dev.freshet.runtime.source;

import dev.freshet.capture.Source;
import dev.freshet.capture.generator.Dataset;
import dev.freshet.capture.generator.GeneratorSettings;
import dev.freshet.capture.generator.GeneratorSource;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.runtime.project.SourceSettings.TableSelection;
import dev.freshet.runtime.yaml.YamlMap;
import dev.freshet.runtime.yaml.YamlValue;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;

/** {@code kind: generator}: made-up rows. */
final class GeneratorKind implements SourceKind {
  private static final double EVENTS_PER_SECOND = 10;

  @Override
  public String name() {
    return "generator";
  }

  @Override
  public Keys keys() {
    return Keys.OPTIONAL;
  }

  @Override
  public Source create(SourceSettings settings, Surroundings surroundings) {
    YamlMap map =
        settings.details().allow("kind", "data", "tables", "seed", "rate", "limit", "start");
    YamlValue data = map.require("data");
    long seed = map.find("seed").map(value -> value.integer(0, Long.MAX_VALUE)).orElse(0L);
    Dataset dataset =
        Dataset.of(data.text(), seed)
            .orElseThrow(() ->
                data.invalid(
                    "Invalid data: "
                        + data.text()
                        + ". It is one of "
                        + String.join(", ", Dataset.NAMES)
                        + "."));
    List<String> known = dataset.tables().stream().map(Dataset.Table::name).toList();
    for (TableSelection table : settings.tables()) {
      if (!known.contains(table.table()) || !table.sourceName().equals(table.table())) {
        throw map.require("tables")
            .invalid(
                "Invalid table: "
                    + table.sourceName()
                    + ". Tables of "
                    + data.text()
                    + " are "
                    + String.join(", ", known)
                    + ", and keep their names.");
      }
    }
    return new GeneratorSource(
            new GeneratorSettings(
                settings.name(),
                dataset,
                settings.tables().stream().map(TableSelection::table).toList(),
                map.find("rate").map(GeneratorKind::rate).orElse(EVENTS_PER_SECOND),
                map.find("limit")
                    .map(value -> OptionalLong.of(value.integer(1, Long.MAX_VALUE)))
                    .orElse(OptionalLong.empty()),
                map.find("start").map(GeneratorKind::micros).orElse(OptionalLong.empty())))
        .pausing(surroundings.paused(settings.name()));
  }

  private static double rate(YamlValue value) {
    try {
      double rate = Double.parseDouble(value.text());
      if (rate > 0 && rate <= GeneratorSettings.RATE_MAX) {
        return rate;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw value.invalid(
        "Invalid rate: "
            + value.text()
            + ". It is a number of events a second, up to "
            + (long) GeneratorSettings.RATE_MAX
            + ".");
  }

  private static OptionalLong micros(YamlValue value) {
    try {
      return OptionalLong.of(ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(value.text())));
    } catch (DateTimeException | ArithmeticException e) {
      throw value.invalid(
          "Invalid start: " + value.text() + ". It is a time such as 2026-01-31T10:30:00Z.");
    }
  }
}
