package dev.freshet.runtime.system;

import dev.freshet.capture.Source;
import dev.freshet.capture.postgres.PostgresConfig;
import dev.freshet.capture.postgres.PostgresConfig.TableChoice;
import dev.freshet.capture.postgres.PostgresSource;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.runtime.yaml.YamlMap;
import dev.freshet.runtime.yaml.YamlValue;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Makes a source from its settings: the one place that knows which kinds there are. */
final class Sources {
  private static final List<String> KINDS = List.of("postgres");

  private Sources() {}

  /**
   * @param state where the project's log is kept; nothing is created there before the source starts
   */
  static Source create(SourceSettings settings, Path state) {
    return switch (settings.kind()) {
      case "postgres" -> postgres(settings, state);
      default ->
          throw settings
              .details()
              .require("kind")
              .invalid(
                  "Invalid kind of source: "
                      + settings.kind()
                      + ". Kinds are: "
                      + String.join(", ", KINDS)
                      + ".");
    };
  }

  private static Source postgres(SourceSettings settings, Path state) {
    YamlMap map =
        settings
            .details()
            .allow(
                "kind", "url", "password", "tables", "slot", "publication", "snapshot-connections");
    YamlValue url = map.require("url");
    List<TableChoice> tables =
        settings.tables().stream()
            .map(table -> new TableChoice(table.sourceName(), table.table()))
            .toList();
    PostgresConfig config =
        PostgresConfig.of(
            settings.name(), withPassword(url.text(), map.text("password", "")), tables);
    config =
        config.withSlot(
            map.text("slot", config.slot()), map.text("publication", config.publication()));
    return new PostgresSource(config, new SlotFile(state, settings.name()));
  }

  /** Puts the password into the URL's user part, unless it already has one. */
  static String withPassword(String url, String password) {
    int scheme = url.indexOf("://");
    int at = url.indexOf('@');
    if (password.isEmpty() || scheme < 0 || at < 0 || url.substring(scheme + 3, at).contains(":")) {
      return url;
    }
    String encoded = URLEncoder.encode(password, StandardCharsets.UTF_8).replace("+", "%20");
    return url.substring(0, at) + ":" + encoded + url.substring(at);
  }
}
