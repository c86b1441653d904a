package dev.freshet.debezium;

import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.debezium.MySqlSettings.Address;
import dev.freshet.debezium.MySqlSettings.Flavour;
import dev.freshet.debezium.history.SchemaHistoryFile;
import dev.freshet.debezium.inside.MariaDbUuids;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/** A MariaDB or MySQL, read by Debezium's connector for it. */
final class MySqlOrigin implements BesideOrigin {
  /** Servers of people's own have small numbers. */
  private static final long SERVER_ID_MIN = 1L << 30;

  private final MySqlSettings settings;
  private final List<Path> drivers;

  MySqlOrigin(MySqlSettings settings, List<Path> drivers) {
    this.settings = settings;
    this.drivers = drivers;
  }

  @Override
  public String label() {
    return settings.address().toString();
  }

  @Override
  public String connectorClass() {
    return settings.address().flavour().connectorClass;
  }

  @Override
  public SourceCheck check(
      ConnectorLoader loader, Resume resume, SchemaHistoryFile history, Set<String> later) {
    Address address;
    try {
      address = settings.address();
    } catch (FreshetException e) {
      return new SourceCheck(
          List.of(), List.of(new Problem(e.code(), String.valueOf(e.getMessage()), "")));
    }
    List<Problem> missing = missing(loader);
    return missing.isEmpty()
        ? new MySqlCheck(settings, address, resume, history, later).run(loader)
        : new SourceCheck(List.of(), missing);
  }

  @Override
  public MySqlOrigin ofTable(String table, String name) {
    return new MySqlOrigin(settings.ofTable(table, name), drivers);
  }

  @Override
  public List<Problem> missing(ConnectorLoader loader) {
    Flavour flavour;
    try {
      flavour = settings.address().flavour();
    } catch (FreshetException e) {
      return List.of(); // the check says what is wrong with the URL
    }
    if (loader.has(flavour.driverClass)) {
      return List.of();
    }
    String jar = flavour.driverArtifact.split(":")[1] + "-" + flavour.driverArtifact.split(":")[2];
    return List.of(
        new Problem(
            ErrorCode.SOURCE_MISCONFIGURED,
            "Cannot capture "
                + settings.address()
                + ": its driver is not installed. Freshet does not come with it, for its licence.",
            "install this: put "
                + jar
                + ".jar (of Maven: "
                + flavour.driverArtifact
                + ") into "
                + drivers.stream().map(Path::toString).collect(Collectors.joining(" or "))));
  }

  @Override
  public Map<String, String> configuration(SourceCheck check, Shapes shapes) {
    Address address = settings.address();
    Map<String, String> all = new TreeMap<>();
    all.put("max.batch.size", "2048");
    all.put("max.queue.size", "8192");
    all.put("max.queue.size.in.bytes", "67108864");
    // A change waits for about this long, also when there is nothing else to do.
    all.put("poll.interval.ms", "5");
    all.putAll(settings.properties());
    all.put("connector.class", address.flavour().connectorClass);
    all.put("name", settings.name());
    // It names Debezium's metrics too, which two sources of a process must not share.
    all.put("topic.prefix", "freshet-" + settings.name().replaceAll("[^A-Za-z0-9_.-]", "_"));
    all.put("database.hostname", address.host());
    all.put("database.port", Integer.toString(address.port()));
    all.put("database.user", address.user());
    all.put("database.password", address.password());
    all.put("database.ssl.mode", address.flavour().tls(settings.tls()));
    all.put("database.server.id", Long.toString(settings.serverId().orElseGet(this::serverId)));
    all.put(
        "database.include.list",
        check.tables().stream()
            .map(table -> quoted(table.origin().substring(0, table.origin().indexOf('.'))))
            .distinct()
            .collect(Collectors.joining(",")));
    all.put(
        "table.include.list",
        check.tables().stream()
            .map(table -> quoted(table.origin()))
            .collect(Collectors.joining(",")));
    all.put("snapshot.mode", shapes == Shapes.LOST ? "recovery" : "initial");
    all.put("include.schema.changes", "false");
    all.put("provide.transaction.metadata", "true");
    all.put("skipped.operations", "none");
    all.put("tombstones.on.delete", "false");
    all.put("decimal.handling.mode", "precise");
    all.put("bigint.unsigned.handling.mode", "precise");
    all.put("binary.handling.mode", "bytes");
    all.put("time.precision.mode", "adaptive_time_microseconds");
    all.put("errors.max.retries", "0");
    if (address.flavour() == Flavour.MARIADB) {
      all.put("converters", "uuids");
      all.put("uuids.type", MariaDbUuids.class.getName());
    }
    // Its own way of connecting anew may lose events of a transaction, and tells nobody. The server
    // gives a sign of life this often instead, which comes as a record.
    all.put("connect.keep.alive", "false");
    all.put("connect.keep.alive.interval.ms", "3000");
    all.put("heartbeat.interval.ms", "1000");
    return all;
  }

  /** Debezium reads names as regular expressions, with commas between them. */
  private static String quoted(String name) {
    return Pattern.compile("[^A-Za-z0-9_]").matcher(name).replaceAll("\\\\$0");
  }

  private long serverId() {
    CRC32C crc = new CRC32C();
    crc.update((settings.name() + "\n" + label()).getBytes(StandardCharsets.UTF_8));
    return SERVER_ID_MIN + crc.getValue() % SERVER_ID_MIN;
  }

  @Override
  public EventForm form() {
    return EventForm.MARKED;
  }

  @Override
  public FreshetException error(Throwable failure) {
    return ConnectorErrors.of("capture", label(), failure);
  }
}
