package dev.freshet.runtime.source;

import dev.freshet.capture.Source;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.type.Keep;
import dev.freshet.debezium.DebeziumSource;
import dev.freshet.debezium.MySqlSettings;
import dev.freshet.debezium.MySqlSettings.TableChoice;
import dev.freshet.debezium.MySqlSettings.Tls;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.runtime.yaml.YamlMap;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code kind: mysql}: tables of a MariaDB or MySQL, by its binary log. */
final class MySqlKind implements SourceKind {
  private static final long SERVER_ID_MAX = (1L << 32) - 1;

  @Override
  public String name() {
    return "mysql";
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
                "kind", "url", "password", "tables", "tls", "server-id", "drivers", "properties");
    List<TableChoice> tables =
        settings.tables().stream()
            .map(table -> new TableChoice(table.sourceName(), table.table()))
            .toList();
    MySqlSettings mysql =
        new MySqlSettings(
            settings.name(),
            map.require("url").text(),
            map.text("password", ""),
            tables,
            map.find("tls").map(DebeziumKeys::tls).orElse(Tls.OFF),
            map.find("server-id").map(value -> value.integer(1, SERVER_ID_MAX)),
            map.find("properties")
                .map(value -> DebeziumKeys.properties(value, name(), MySqlSettings::isOurs))
                .orElse(Map.of()));
    return DebeziumSource.ofMySql(
            mysql, drivers(map, surroundings), () -> new LocalStorage(surroundings.state()))
        .keepingNone(keptNone(settings))
        .pausing(surroundings.paused(settings.name()))
        .rereading(surroundings.anew(settings.name()));
  }

  private static Set<String> keptNone(SourceSettings settings) {
    return settings.tables().stream()
        .filter(table -> table.keep() == Keep.NONE)
        .map(SourceSettings.TableSelection::table)
        .collect(Collectors.toSet());
  }

  /** The project's folder and the installation's, or the one that the file names. */
  static List<Path> drivers(YamlMap map, Surroundings surroundings) {
    String folder = map.text("drivers", DriverFolders.NAME);
    return DriverFolders.of(surroundings.project().resolve(folder));
  }
}
