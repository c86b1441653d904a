package dev.freshet.runtime.source;

import dev.freshet.capture.Source;
import dev.freshet.capture.jdbc.JarConnector;
import dev.freshet.capture.trigger.TriggerSettings;
import dev.freshet.capture.trigger.TriggerSource;
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

/** {@code kind: trigger}: tables of a PostgreSQL or MariaDB whose changes triggers write down. */
final class TriggerKind implements SourceKind {
  /** In the project's folder: jars of JDBC drivers. */
  private static final String DRIVERS = "drivers";

  @Override
  public String name() {
    return "trigger";
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
            .allow("kind", "url", "user", "password", "tables", "change-table", "every");
    YamlValue url = map.require("url");
    if (!url.text().startsWith("jdbc:postgresql:") && !url.text().startsWith("jdbc:mariadb:")) {
      throw url.invalid(
          "Invalid url: it is an address of JDBC, jdbc:postgresql://localhost:5432/shop or"
              + " jdbc:mariadb://localhost:3306/shop.");
    }
    Path drivers = surroundings.project().resolve(DRIVERS);
    String user = map.text("user", "");
    JarConnector connector = new JarConnector(url.text(), user, map.text("password", ""), drivers);
    List<TriggerSettings.Table> tables = new ArrayList<>();
    for (TableSelection table : settings.tables()) {
      tables.add(
          new TriggerSettings.Table(
              table.sourceName(),
              table.table(),
              Optional.ofNullable(surroundings.contracts().get(table.table()))
                  .map(Contract::key)
                  .orElse(List.of())));
    }
    Duration every = map.find("every").map(YamlValue::duration).orElse(TriggerSettings.EVERY);
    if (!every.isPositive()) {
      throw map.require("every").invalid("Invalid every: it is longer than nothing, such as 1s.");
    }
    return new TriggerSource(
            new TriggerSettings(
                settings.name(),
                connector.address(),
                tables,
                map.text("change-table", TriggerSettings.changeTableOf(settings.name())),
                every),
            connector)
        .pausing(surroundings.paused(settings.name()));
  }
}
