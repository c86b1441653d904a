package dev.freshet.capture.postgres;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which server, database and role. Reads libpq's URLs (PostgreSQL manual, 34.1.1.2) and the
 * driver's. {@link #toString()} leaves the password out.
 *
 * @param hosts {@code host:port}, or several with commas
 * @param password empty when there is none
 * @param parameters the driver's connection parameters
 */
record ServerAddress(
    String hosts, String database, String user, String password, Map<String, String> parameters) {
  private static final String JDBC = "jdbc:postgresql:";
  private static final int DEFAULT_PORT = 5432;

  ServerAddress {
    parameters = Map.copyOf(parameters);
  }

  /**
   * @throws FreshetException {@link ErrorCode#CONFIG_INVALID}
   */
  static ServerAddress parse(String url) {
    String rest;
    if (url.startsWith(JDBC + "//")) {
      rest = url.substring(JDBC.length() + 2);
    } else if (url.startsWith("postgres://")) {
      rest = url.substring("postgres://".length());
    } else if (url.startsWith("postgresql://")) {
      rest = url.substring("postgresql://".length());
    } else {
      throw invalid("it does not begin with postgres://, postgresql:// or jdbc:postgresql://");
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    int question = rest.indexOf('?');
    if (question >= 0) {
      readParameters(rest.substring(question + 1), parameters);
      rest = rest.substring(0, question);
    }
    int slash = rest.indexOf('/', rest.lastIndexOf('@') + 1);
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    String database = slash < 0 ? "" : decode(rest.substring(slash + 1));
    String user = "";
    String password = "";
    int at = authority.lastIndexOf('@');
    if (at >= 0) {
      String login = authority.substring(0, at);
      authority = authority.substring(at + 1);
      int colon = login.indexOf(':');
      user = decode(colon < 0 ? login : login.substring(0, colon));
      password = colon < 0 ? "" : decode(login.substring(colon + 1));
    }
    return complete(authority, database, user, password, parameters);
  }

  private static ServerAddress complete(
      String authority,
      String database,
      String user,
      String password,
      Map<String, String> parameters) {
    String finalUser = parameters.getOrDefault("user", user);
    String finalPassword = parameters.getOrDefault("password", password);
    parameters.remove("user");
    parameters.remove("password");
    if (finalUser.isEmpty()) {
      throw invalid("it names no user: write postgres://user:password@host:port/database");
    }
    String host = authority.isEmpty() ? "localhost" : authority;
    return new ServerAddress(
        withPorts(host),
        database.isEmpty() ? finalUser : database,
        finalUser,
        finalPassword,
        parameters);
  }

  private static String withPorts(String hosts) {
    String[] each = hosts.split(",", -1);
    for (int i = 0; i < each.length; i++) {
      int colon = each[i].lastIndexOf(':');
      boolean hasPort = colon >= 0 && colon > each[i].lastIndexOf(']');
      if (!hasPort) {
        each[i] = each[i] + ":" + DEFAULT_PORT;
      } else {
        checkPort(each[i].substring(colon + 1));
      }
    }
    return String.join(",", each);
  }

  private static void checkPort(String text) {
    int port;
    try {
      port = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw invalid("its port is no number: " + text);
    }
    if (port < 1 || port > 65_535) {
      throw invalid("its port " + port + " is outside 1 to 65535");
    }
  }

  private static void readParameters(String query, Map<String, String> parameters) {
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        String name = decode(pair.substring(0, equals));
        String value = decode(pair.substring(equals + 1));
        parameters.put(driverName(name), value);
      }
    }
  }

  /** The driver's name of a libpq parameter. */
  private static String driverName(String name) {
    return switch (name) {
      case "connect_timeout" -> "connectTimeout";
      case "application_name" -> "ApplicationName";
      case "channel_binding" -> "channelBinding";
      default -> name;
    };
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw invalid("it has a '%' that begins no code; write %25 for the character itself");
    }
  }

  private static FreshetException invalid(String why) {
    return new FreshetException(
        ErrorCode.CONFIG_INVALID,
        "Invalid PostgreSQL URL: "
            + why
            + ". Example: postgres://user:password@db.example.com:5432/shop");
  }

  ServerAddress withPassword(String other) {
    return new ServerAddress(hosts, database, user, other, parameters);
  }

  String jdbcUrl() {
    return JDBC + "//" + hosts + "/" + URLEncoder.encode(database, StandardCharsets.UTF_8);
  }

  /** The text without the password, wherever it stands. */
  String withoutSecret(String text) {
    return password.isEmpty() ? text : text.replace(password, "***");
  }

  @Override
  public String toString() {
    return user + "@" + hosts + "/" + database;
  }
}
