package dev.freshet.debezium;

import dev.freshet.core.error.FreshetException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a source of kind mysql captures, and how.
 *
 * @param url {@code mariadb://user@host:3306/database} or {@code mysql://...}, with or without the
 *     password
 * @param password empty when it stands in the URL
 * @param serverId by which the server knows the source among its replicas; empty for one drawn from
 *     the source's name
 * @param properties further settings of Debezium's connector
 */
public record MySqlSettings(
    String name,
    String url,
    String password,
    List<TableChoice> tables,
    Tls tls,
    Optional<Long> serverId,
    Map<String, String> properties) {
  private static final int DEFAULT_PORT = 3306;
  private static final long SERVER_ID_MAX = (1L << 32) - 1;
  private static final String EXAMPLE = "mariadb://user@host:3306/database";

  /** Settings on which it depends that no row is lost, repeated or read in another way. */
  private static final Set<String> OURS =
      Set.of(
          "connector.class",
          "converters",
          "name",
          "topic.prefix",
          "database.hostname",
          "database.port",
          "database.user",
          "database.password",
          "database.ssl.mode",
          "database.server.id",
          "database.include.list",
          "table.include.list",
          "snapshot.mode",
          "include.schema.changes",
          "provide.transaction.metadata",
          "skipped.operations",
          "tombstones.on.delete",
          "decimal.handling.mode",
          "bigint.unsigned.handling.mode",
          "binary.handling.mode",
          "time.precision.mode",
          "errors.max.retries",
          "connect.keep.alive",
          "connect.keep.alive.interval.ms",
          "heartbeat.interval.ms",
          "schema.history.internal",
          "schema.history.internal.store.only.captured.tables.ddl");

  public MySqlSettings {
    tables = List.copyOf(tables);
    properties = Map.copyOf(properties);
  }

  /**
   * A table, {@code table} or {@code database.table}, or all of a database: {@code *} or {@code
   * database.*}.
   *
   * @param alias its name in Freshet; empty for the table's own
   */
  public record TableChoice(String pattern, String alias) {}

  /** Whether the source sets a property of Debezium itself, so that nobody else may. */
  public static boolean isOurs(String property) {
    return OURS.contains(property) || property.startsWith("transforms");
  }

  /** How the connection is encrypted, and what is verified of the server. */
  public enum Tls {
    OFF,
    REQUIRED,
    VERIFY_CA,
    VERIFY_FULL;

    /** As {@code tls} has it. */
    public static Optional<Tls> parse(String text) {
      return switch (text) {
        case "off" -> Optional.of(OFF);
        case "required" -> Optional.of(REQUIRED);
        case "verify-ca" -> Optional.of(VERIFY_CA);
        case "verify-full" -> Optional.of(VERIFY_FULL);
        default -> Optional.empty();
      };
    }
  }

  /** For a connector of its own, beside the source's: the server knows it by another number. */
  MySqlSettings ofTable(String table, String as) {
    return new MySqlSettings(
        name + ".tables",
        url,
        password,
        List.of(new TableChoice(table, as)),
        tls,
        serverId.map(id -> id == SERVER_ID_MAX ? id - 1 : id + 1),
        properties);
  }

  /**
   * Whether a server that both read would take a connector of one for one of the other, and end the
   * stream of that: by a number of the file, or by the one beside it.
   */
  public boolean hasNumberOf(MySqlSettings other) {
    return !Collections.disjoint(numbers(), other.numbers()) && hasServerOf(other);
  }

  private List<Long> numbers() {
    return Stream.of(serverId, ofTable("", "").serverId).flatMap(Optional::stream).toList();
  }

  private boolean hasServerOf(MySqlSettings other) {
    try {
      Address own = address();
      Address others = other.address();
      return own.host().equalsIgnoreCase(others.host()) && own.port() == others.port();
    } catch (FreshetException e) {
      return false; // the check of the source says what is wrong with the URL
    }
  }

  /** The kinds of server that a URL names. */
  enum Flavour {
    MARIADB(
        "MariaDB",
        "io.debezium.connector.mariadb.MariaDbConnector",
        "org.mariadb.jdbc.Driver",
        "org.mariadb.jdbc:mariadb-java-client:3.5.3",
        "jdbc:mariadb"),
    MYSQL(
        "MySQL",
        "io.debezium.connector.mysql.MySqlConnector",
        "com.mysql.cj.jdbc.Driver",
        "com.mysql:mysql-connector-j:9.1.0",
        "jdbc:mysql");

    final String product;
    final String connectorClass;
    final String driverClass;
    final String driverArtifact;
    final String protocol;

    Flavour(
        String product,
        String connectorClass,
        String driverClass,
        String driverArtifact,
        String protocol) {
      this.product = product;
      this.connectorClass = connectorClass;
      this.driverClass = driverClass;
      this.driverArtifact = driverArtifact;
      this.protocol = protocol;
    }

    String tls(Tls tls) {
      boolean isMariaDb = this == MARIADB;
      return switch (tls) {
        case OFF -> isMariaDb ? "disable" : "disabled";
        case REQUIRED -> isMariaDb ? "trust" : "required";
        case VERIFY_CA -> isMariaDb ? "verify-ca" : "verify_ca";
        case VERIFY_FULL -> isMariaDb ? "verify-full" : "verify_identity";
      };
    }
  }

  /** Where the server is, and who logs in. */
  record Address(
      Flavour flavour, String host, int port, String user, String password, String database) {
    /** Without the password. */
    @Override
    public String toString() {
      return flavour.product + " at " + host + ":" + port;
    }
  }

  /**
   * @throws FreshetException CONFIG_INVALID when the URL is none; without the URL's text, where a
   *     password may stand
   */
  Address address() {
    Flavour flavour = flavour();
    ServerUrl parsed = ServerUrl.parse(name, url, password, EXAMPLE);
    return new Address(
        flavour,
        parsed.host(),
        parsed.port() < 0 ? DEFAULT_PORT : parsed.port(),
        parsed.user(),
        parsed.password(),
        parsed.database());
  }

  private Flavour flavour() {
    if (url.startsWith("mariadb:")) {
      return Flavour.MARIADB;
    }
    if (url.startsWith("mysql:")) {
      return Flavour.MYSQL;
    }
    throw ServerUrl.invalid(name, "it begins with neither mariadb:// nor mysql://", EXAMPLE);
  }
}
