package dev.freshet.runtime.source;

import dev.freshet.capture.Source;
import dev.freshet.capture.jdbc.JarConnector;
import dev.freshet.capture.poll.PollSettings;
import dev.freshet.capture.poll.PollSource;
import dev.freshet.contracts.Contract;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.runtime.project.SourceSettings.TableSelection;
import dev.freshet.runtime.yaml.YamlMap;
import dev.freshet.runtime.yaml.YamlValue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code kind: jdbc-poll}: tables of any database, asked again and again for what has changed. */
final class PollKind implements SourceKind {
  /** In the project's folder: jars of JDBC drivers. */
  private static final String DRIVERS = "drivers";

  @Override
  public String name() {
    return "jdbc-poll";
  }

  @Override
  public Keys keys() {
    return Keys.REQUIRED;
  }

  @Override
  public Source create(SourceSettings settings, Surroundings surroundings) {
    YamlMap map =
        settings
            .details()
            .allow(
                "kind",
                "url",
                "user",
                "password",
                "tables",
                "changed-by",
                "every",
                "overlap",
                "overlap-numbers");
    YamlValue url = map.require("url");
    if (!url.text().startsWith("jdbc:")) {
      throw url.invalid(
          "Invalid url: it is an address of JDBC, such as jdbc:mariadb://localhost:3306/shop.");
    }
    Path drivers = surroundings.project().resolve(DRIVERS);
    JarConnector connector =
        new JarConnector(url.text(), map.text("user", ""), map.text("password", ""), drivers);
    Duration overlap = map.find("overlap").map(YamlValue::duration).orElse(PollSettings.OVERLAP);
    long overlapNumbers =
        map.find("overlap-numbers")
            .map(value -> value.integer(0, Long.MAX_VALUE))
            .orElse(PollSettings.OVERLAP_NUMBERS);
    List<PollSettings.Table> tables = new ArrayList<>();
    for (TableSelection table : settings.tables()) {
      tables.add(
          new PollSettings.Table(
              table.sourceName(),
              table.table(),
              changedBy(
                  map.require("changed-by"),
                  table.table(),
                  Optional.ofNullable(surroundings.contracts().get(table.table()))),
              Optional.ofNullable(surroundings.contracts().get(table.table()))
                  .map(Contract::key)
                  .orElse(List.of()),
              overlap,
              overlapNumbers));
    }
    Duration every = map.find("every").map(YamlValue::duration).orElse(PollSettings.EVERY);
    if (!every.isPositive()) {
      throw map.require("every").invalid("Invalid every: it is longer than nothing, such as 5s.");
    }
    return new PollSource(
            new PollSettings(settings.name(), connector.address(), tables, every), connector)
        .pausing(surroundings.paused(settings.name()));
  }

  /** How far a table was read is kept as it is, so no mask may be needed for it. */
  private static String changedBy(YamlValue value, String table, Optional<Contract> contract) {
    String column = changedBy(value, table);
    contract
        .filter(each -> each.masking().masks().keySet().stream().anyMatch(column::equalsIgnoreCase))
        .ifPresent(_ -> {
          throw value.invalid(
              "Invalid changed-by: column "
                  + column
                  + " of table "
                  + table
                  + " is masked, and how far the table was read is kept as it is. Take a column"
                  + " without a mask.");
        });
    return column;
  }

  /** One column for all tables, or one for each. */
  private static String changedBy(YamlValue value, String table) {
    if (!value.isMap()) {
      return value.text();
    }
    return value
        .map()
        .find(table)
        .map(YamlValue::text)
        .orElseThrow(() ->
            value.invalid(
                "Invalid changed-by: it lacks table "
                    + table
                    + ". Name one column for all tables, or one for each: {orders: updated_at}."));
  }
}
