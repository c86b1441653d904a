package dev.freshet.runtime.source;

import dev.freshet.capture.Source;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.debezium.DebeziumSource;
import dev.freshet.debezium.MySqlSettings.TableChoice;
import dev.freshet.debezium.MySqlSettings.Tls;
import dev.freshet.debezium.ServerKind;
import dev.freshet.debezium.ServerSettings;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.runtime.yaml.YamlMap;
import dev.freshet.runtime.yaml.YamlValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * {@code kind: sqlserver}, {@code oracle} and {@code mongodb}: servers whose connector and driver
 * the user puts into {@code connectors/KIND}.
 */
final class BroughtKind implements SourceKind {
  /** In the project and in the installation, with a folder for each kind. */
  private static final String CONNECTORS = "connectors";

  private static final String TLS = "tls";
  private static final String PDB = "pdb";
  private static final String FULL_DOCUMENT = "full-document";
  private static final Pattern ORACLE_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_$#]*");

  private final ServerKind kind;

  BroughtKind(ServerKind kind) {
    this.kind = kind;
  }

  @Override
  public String name() {
    return kind.id();
  }

  @Override
  public Keys keys() {
    return Keys.REQUIRED;
  }

  @Override
  public Source create(SourceSettings settings, Surroundings surroundings) {
    List<String> allowed =
        new ArrayList<>(List.of("kind", "url", "password", "tables", "connectors", "properties"));
    switch (kind) {
      case SQLSERVER -> allowed.add(TLS);
      case ORACLE -> allowed.add(PDB);
      case MONGODB -> allowed.addAll(List.of(TLS, FULL_DOCUMENT));
    }
    YamlMap map = settings.details().allow(allowed.toArray(String[]::new));
    List<TableChoice> tables =
        settings.tables().stream()
            .map(table -> new TableChoice(table.sourceName(), table.table()))
            .toList();
    ServerSettings server =
        new ServerSettings(
            kind,
            settings.name(),
            map.require("url").text(),
            map.text("password", ""),
            tables,
            map.find(TLS).map(DebeziumKeys::tls).orElse(Tls.OFF),
            details(map),
            map.find("properties")
                .map(value -> DebeziumKeys.properties(value, name(), ServerSettings::isOurs))
                .orElse(Map.of()));
    return DebeziumSource.of(
        server, folders(map, surroundings), () -> new LocalStorage(surroundings.state()));
  }

  private List<Path> folders(YamlMap map, Surroundings surroundings) {
    String own = map.text("connectors", Path.of(CONNECTORS, name()).toString());
    return DriverFolders.of(
        surroundings.project().resolve(own), Path.of(CONNECTORS, name()).toString());
  }

  private static Map<String, String> details(YamlMap map) {
    Map<String, String> details = new TreeMap<>();
    map.find(PDB)
        .ifPresent(value -> {
          if (!ORACLE_NAME.matcher(value.text()).matches()) {
            throw value.invalid("Invalid pdb: it is the name of a pluggable database.");
          }
          details.put(PDB, value.text());
        });
    map.find(FULL_DOCUMENT).ifPresent(value -> details.put(FULL_DOCUMENT, fullDocument(value)));
    return details;
  }

  private static String fullDocument(YamlValue value) {
    String text = value.text();
    if (!text.equals("post-image") && !text.equals("lookup")) {
      throw value.invalid("Invalid value: " + text + ". It is post-image or lookup.");
    }
    return text;
  }
}
