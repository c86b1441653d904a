package dev.freshet.deliver.postgres;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

/**
 * Which server, database and role, read from libpq's form of a URL (PostgreSQL manual, 34.1.1.2).
 * {@link #toString()} leaves the password out.
 *
 * @param place {@code host:port/database}
 * @param query the driver's parameters, with their question mark; or empty
 * @param password empty when there is none
 */
record Address(String place, String query, String user, String password) {
  /**
   * @throws FreshetException {@link ErrorCode#CONFIG_INVALID}; the message shows nothing of the URL
   */
  static Address parse(String url, String separatePassword) {
    String rest;
    if (url.startsWith("postgres://")) {
      rest = url.substring("postgres://".length());
    } else if (url.startsWith("postgresql://")) {
      rest = url.substring("postgresql://".length());
    } else {
      throw invalid("it does not begin with postgres://");
    }
    int at = rest.lastIndexOf('@');
    if (at <= 0) {
      throw invalid("it names no user");
    }
    String login = rest.substring(0, at);
    String place = rest.substring(at + 1);
    int question = place.indexOf('?');
    String query = question < 0 ? "" : place.substring(question);
    place = question < 0 ? place : place.substring(0, question);
    int slash = place.indexOf('/');
    if (slash <= 0 || slash == place.length() - 1) {
      throw invalid("it names no host, or no database");
    }
    int colon = login.indexOf(':');
    String inUrl = colon < 0 ? "" : decode(login.substring(colon + 1));
    return new Address(
        place,
        query,
        decode(colon < 0 ? login : login.substring(0, colon)),
        inUrl.isEmpty() ? separatePassword : inUrl);
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
            + ". Example: postgres://user@db.example.com:5432/reports, with the password in"
            + " password: ${REPORTS_PASSWORD}.");
  }

  /**
   * @param timeout for which the server may be silent
   */
  Connection connect(Duration timeout) throws SQLException {
    String seconds = Long.toString(Math.max(1, timeout.toSeconds()));
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("ApplicationName", "freshet");
    properties.setProperty("connectTimeout", seconds);
    properties.setProperty("loginTimeout", seconds);
    properties.setProperty("socketTimeout", seconds);
    properties.setProperty("tcpKeepAlive", "true");
    return DriverManager.getConnection("jdbc:postgresql://" + place + query, properties);
  }

  /** The text without the password, wherever it stands. */
  String withoutSecret(String text) {
    return password.isEmpty() ? text : text.replace(password, "***");
  }

  @Override
  public String toString() {
    return user + "@" + place;
  }
}
