package dev.freshet.runtime.sink;

import dev.freshet.core.error.FreshetException;
import dev.freshet.deliver.Sink;
import dev.freshet.deliver.SinkInput;
import dev.freshet.deliver.postgres.PostgresSettings;
import dev.freshet.deliver.postgres.PostgresSink;
import dev.freshet.runtime.project.SinkSettings;
import dev.freshet.runtime.yaml.YamlMap;

/** {@code kind: postgres}: a table in a PostgreSQL. */
final class PostgresSinkKind implements SinkKind {
  @Override
  public String name() {
    return "postgres";
  }

  @Override
  public Keys keys() {
    return Keys.REQUIRED;
  }

  @Override
  public Sink create(SinkSettings settings, SinkInput input) {
    YamlMap map =
        settings.details().allow("kind", "model", "outbox", "url", "password", "table", "timeout");
    PostgresSettings target =
        new PostgresSettings(
            map.require("url").text(),
            map.text("password", ""),
            map.text("table", input.relation()),
            SinkKinds.timeout(map, PostgresSettings.TIMEOUT));
    try {
      return new PostgresSink(target, input);
    } catch (FreshetException e) {
      throw SinkKinds.withoutLine(map.require("url"), e.getMessage());
    }
  }
}
