package dev.freshet.debezium;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * {@code scheme://user:password@host:port/database}, taken apart.
 *
 * @param port -1 when it names none
 */
record ServerUrl(
    String scheme, String host, int port, String user, String password, String database) {
  /**
   * @param source its name, for messages
   * @param password where the URL has none
   * @param example of a URL that is right
   * @throws FreshetException CONFIG_INVALID when the URL is none; without the URL's text, where a
   *     password may stand
   */
  static ServerUrl parse(String source, String url, String password, String example) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw invalid(
          source,
          "it has a character that is not allowed in a URL, which must be written as %XX",
          example);
    }
    String database = uri.getPath() == null ? "" : uri.getPath().replaceFirst("^/", "");
    if (uri.getHost() == null || database.isEmpty() || database.contains("/")) {
      String lacks = uri.getHost() == null ? "host" : "database";
      throw invalid(source, "it has no " + lacks, example);
    }
    if (uri.getRawQuery() != null) {
      throw invalid(
          source,
          "it has a ?, behind which nothing would be read: tls is a setting of its own, such as tls:"
              + " required",
          example);
    }
    String login = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo();
    int colon = login.indexOf(':');
    String user = decoded(colon < 0 ? login : login.substring(0, colon));
    if (user.isEmpty()) {
      throw invalid(source, "it has no user", example);
    }
    return new ServerUrl(
        String.valueOf(uri.getScheme()),
        uri.getHost(),
        uri.getPort(),
        user,
        colon < 0 ? password : decoded(login.substring(colon + 1)),
        database);
  }

  ServerUrl withPort(int other) {
    return new ServerUrl(scheme, host, other, user, password, database);
  }

  static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  static FreshetException invalid(String source, String why, String example) {
    return new FreshetException(
        ErrorCode.CONFIG_INVALID,
        "Invalid url of source " + source + ": " + why + ". Such as " + example + ".");
  }
}
