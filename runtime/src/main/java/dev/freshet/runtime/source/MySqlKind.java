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
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code kind: mysql}: tables of a MariaDB or MySQL, by its binary log. */
final class MySqlKind implements SourceKind {
  private static final String NAME = "mysql";
  private static final long SERVER_ID_MAX = (1L << 32) - 1;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Keys keys() {
    return Keys.REQUIRED;
  }

  @Override
  public Source create(SourceSettings settings, Surroundings surroundings) {
    YamlMap map = details(settings);
    return DebeziumSource.ofMySql(
            read(settings),
            drivers(map, surroundings),
            () -> new LocalStorage(surroundings.state()))
        .keepingNone(keptNone(settings))
        .pausing(surroundings.paused(settings.name()))
        .rereading(surroundings.anew(settings.name()));
  }

  private static YamlMap details(SourceSettings settings) {
    return settings
        .details()
        .allow("kind", "url", "password", "tables", "tls", "server-id", "drivers", "properties");
  }

  private static MySqlSettings read(SourceSettings settings) {
    YamlMap map = details(settings);
    List<TableChoice> tables =
        settings.tables().stream()
            .map(table -> new TableChoice(table.sourceName(), table.table()))
            .toList();
    return new MySqlSettings(
        settings.name(),
        map.require("url").text(),
        map.text("password", ""),
        tables,
        map.find("tls").map(DebeziumKeys::tls).orElse(Tls.OFF),
        map.find("server-id").map(value -> value.integer(1, SERVER_ID_MAX)),
        map.find("properties")
            .map(value -> DebeziumKeys.properties(value, NAME, MySqlSettings::isOurs))
            .orElse(Map.of()));
  }

  /** Refuses sources of which a server would end one's stream for the other's. */
  static void checkNumbers(Collection<SourceSettings> sources) {
    List<SourceSettings> own =
        sources.stream()
            .filter(source -> source.kind().equals(NAME))
            .sorted(Comparator.comparing(SourceSettings::name))
            .toList();
    for (int i = 0; i < own.size(); i++) {
      for (SourceSettings other : own.subList(0, i)) {
        if (read(own.get(i)).hasNumberOf(read(other))) {
          throw own.get(i)
              .details()
              .require("server-id")
              .invalid(
                  "Invalid server-id of source "
                      + own.get(i).name()
                      + ": source "
                      + other.name()
                      + " has the same one or its neighbour at the same server, which would end the"
                      + " stream of one of them: the number behind a source's is that of a table"
                      + " that is read anew. Fix: let them differ by two or more, as 100 and 102 do, or"
                      + " leave server-id out.");
        }
      }
    }
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
