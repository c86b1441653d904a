package dev.freshet.runtime.source;

import dev.freshet.capture.Source;
import dev.freshet.capture.http.HttpSettings;
import dev.freshet.capture.http.HttpSource;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.kafka.avro.AvroContainer;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.runtime.project.SourceSettings.TableSelection;
import dev.freshet.runtime.yaml.YamlMap;
import dev.freshet.runtime.yaml.YamlValue;
import java.util.List;

/** {@code kind: http}: rows that senders post to this process. */
final class HttpKind implements SourceKind {
  private static final long WAITING_BYTES_MAX = 4L << 30;

  @Override
  public String name() {
    return "http";
  }

  @Override
  public Keys keys() {
    return Keys.OPTIONAL;
  }

  @Override
  public Source create(SourceSettings settings, Surroundings surroundings) {
    YamlMap map =
        settings
            .details()
            .allow(
                "kind",
                "tables",
                "max-request-bytes",
                "max-waiting-bytes",
                "idempotency-window",
                "max-idempotency-keys",
                UnknownFieldsKey.NAME);
    for (TableSelection table : settings.tables()) {
      if (!table.sourceName().equals(table.table())) {
        throw map.require("tables")
            .invalid(
                "Invalid table: "
                    + table.sourceName()
                    + ". A table that is posted to has one name, without dots and without as.");
      }
    }
    List<String> tables = settings.tables().stream().map(TableSelection::table).toList();
    return new HttpSource(
            httpSettings(settings.name(), map),
            tables,
            surroundings.contracts(),
            () -> new LocalStorage(surroundings.state()),
            AvroContainer::new)
        .pausing(surroundings.paused(settings.name()));
  }

  private static HttpSettings httpSettings(String name, YamlMap map) {
    HttpSettings usual = HttpSettings.of(name);
    int requestBytes =
        (int)
            bytes(
                map,
                "max-request-bytes",
                usual.requestBytesMax(),
                1,
                HttpSettings.REQUEST_BYTES_MAX);
    long waitingBytes =
        bytes(
            map,
            "max-waiting-bytes",
            Math.max(usual.waitingBytesMax(), requestBytes),
            requestBytes,
            WAITING_BYTES_MAX);
    return new HttpSettings(
        name,
        requestBytes,
        waitingBytes,
        map.find("idempotency-window").map(YamlValue::duration).orElse(usual.idempotencyWindow()),
        map.find("max-idempotency-keys")
            .map(value -> (int) value.integer(1, HttpSettings.IDEMPOTENCY_KEYS_MAX))
            .orElse(usual.idempotencyKeysMax()),
        UnknownFieldsKey.read(map, usual.unknownFields()));
  }

  private static long bytes(YamlMap map, String key, long usual, long min, long max) {
    return map.find(key)
        .map(value -> {
          long bytes = value.bytes();
          if (bytes < min || bytes > max) {
            throw value.invalid(
                "Invalid "
                    + key
                    + ": "
                    + value.text()
                    + ". It goes from "
                    + min
                    + " to "
                    + max
                    + " bytes.");
          }
          return bytes;
        })
        .orElse(usual);
  }
}
