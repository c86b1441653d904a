package dev.freshet.debezium;

import dev.freshet.core.error.FreshetException;
import dev.freshet.debezium.MySqlSettings.TableChoice;
import dev.freshet.debezium.MySqlSettings.Tls;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a source captures of a server whose connector the user brings, and how.
 *
 * @param url {@code sqlserver://user@host:1433/database}, {@code oracle://user@host:1521/service},
 *     or MongoDB's own connection string with a database
 * @param password empty when it stands in the URL
 * @param tables the tables or collections
 * @param details further settings of the kind, by their names; see its origin
 * @param properties further settings of Debezium's connector
 */
public record ServerSettings(
    ServerKind kind,
    String name,
    String url,
    String password,
    List<TableChoice> tables,
    Tls tls,
    Map<String, String> details,
    Map<String, String> properties) {
  /** Settings on which it depends that no row is lost, repeated or read in another way. */
  private static final Set<String> OURS =
      Set.of(
          "binary.handling.mode",
          "capture.mode",
          "capture.mode.full.update.type",
          "capture.scope",
          "capture.target",
          "collection.include.list",
          "connector.class",
          "converters",
          "cursor.max.await.time.ms",
          "cursor.oversize.handling.mode",
          "cursor.pipeline",
          "decimal.handling.mode",
          "driver.encrypt",
          "driver.trustServerCertificate",
          "errors.max.retries",
          "event.processing.failure.handling.mode",
          "field.exclude.list",
          "field.renames",
          "heartbeat.interval.ms",
          "include.schema.changes",
          "internal.mongodb.allow.offset.invalidation",
          "mongodb.connection.string",
          "mongodb.password",
          "mongodb.ssl.enabled",
          "mongodb.ssl.invalid.hostname.allowed",
          "mongodb.user",
          "name",
          "post.processors",
          "provide.transaction.metadata",
          "schema.history.internal",
          "schema.history.internal.store.only.captured.tables.ddl",
          "schema.name.adjustment.mode",
          "skipped.operations",
          "snapshot.mode",
          "sourceinfo.struct.maker",
          "table.include.list",
          "time.precision.mode",
          "tombstones.on.delete",
          "topic.naming.strategy",
          "topic.prefix");

  private static final List<String> DATABASE =
      List.of("dbname", "hostname", "names", "password", "pdb.name", "port", "url", "user");

  public ServerSettings {
    tables = List.copyOf(tables);
    details = Map.copyOf(details);
    properties = Map.copyOf(properties);
  }

  /** Whether the source sets a property of Debezium itself, so that nobody else may. */
  public static boolean isOurs(String property) {
    return OURS.contains(property)
        || property.startsWith("transforms")
        || DATABASE.stream().anyMatch(name -> property.equals("database." + name));
  }

  String detail(String name, String otherwise) {
    return details.getOrDefault(name, otherwise);
  }

  /**
   * The server, of a URL that names one.
   *
   * @throws FreshetException CONFIG_INVALID
   */
  ServerUrl address() {
    String scheme = kind.id() + "://";
    String example =
        scheme + "user@host:" + kind.port + (kind == ServerKind.ORACLE ? "/service" : "/database");
    if (!url.startsWith(scheme)) {
      throw ServerUrl.invalid(name, "it does not begin with " + scheme, example);
    }
    ServerUrl parsed = ServerUrl.parse(name, url, password, example);
    return parsed.port() < 0 ? parsed.withPort(kind.port) : parsed;
  }

  /** What is set for every connector. */
  Map<String, String> common() {
    Map<String, String> all = new TreeMap<>();
    all.put("max.batch.size", "2048");
    all.put("max.queue.size", "8192");
    all.put("max.queue.size.in.bytes", "67108864");
    // SQL Server is asked this often, too.
    all.put("poll.interval.ms", "100");
    all.putAll(properties);
    all.put("connector.class", kind.connectorClass);
    all.put("name", name);
    // It names Debezium's metrics too, which two sources of a process must not share.
    all.put("topic.prefix", "freshet-" + name.replaceAll("[^A-Za-z0-9_.-]", "_"));
    all.put("snapshot.mode", "initial");
    all.put("skipped.operations", "none");
    all.put("tombstones.on.delete", "false");
    all.put("errors.max.retries", "0");
    // By them it is known that a server has no more to tell.
    all.put("heartbeat.interval.ms", "200");
    return all;
  }

  /** Names as Debezium's lists of regular expressions have them. */
  static String listed(List<String> names) {
    List<String> quoted = new ArrayList<>();
    for (String each : names) {
      quoted.add(Pattern.compile("[^A-Za-z0-9_]").matcher(each).replaceAll("\\\\$0"));
    }
    return quoted.stream().distinct().collect(Collectors.joining(","));
  }
}
