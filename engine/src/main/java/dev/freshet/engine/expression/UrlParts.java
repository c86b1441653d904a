package dev.freshet.engine.expression;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A URL taken apart by its marks (RFC 3986, section 3), without judging what stands between them.
 *
 * <pre>
 * protocol://userinfo@host:port/path?query#ref
 *            '-- authority ---''-- file --'
 * </pre>
 *
 * @param query empty when there is none
 */
record UrlParts(
    String protocol, String authority, String path, Optional<String> query, Optional<String> ref) {
  /** Empty for a text that is no URL: it begins with no protocol. */
  static Optional<UrlParts> of(String text) {
    int colon = text.indexOf(':');
    if (colon <= 0 || !text.substring(0, colon).matches("[A-Za-z][A-Za-z0-9+.-]*")) {
      return Optional.empty();
    }
    String rest = text.substring(colon + 1);
    Optional<String> ref = after(rest, '#');
    rest = before(rest, '#');
    Optional<String> query = after(rest, '?');
    rest = before(rest, '?');
    String authority = "";
    if (rest.startsWith("//")) {
      int slash = rest.indexOf('/', 2);
      authority = rest.substring(2, slash < 0 ? rest.length() : slash);
      rest = slash < 0 ? "" : rest.substring(slash);
    }
    return Optional.of(new UrlParts(text.substring(0, colon), authority, rest, query, ref));
  }

  private static String before(String text, char mark) {
    int at = text.indexOf(mark);
    return at < 0 ? text : text.substring(0, at);
  }

  private static Optional<String> after(String text, char mark) {
    int at = text.indexOf(mark);
    return at < 0 ? Optional.empty() : Optional.of(text.substring(at + 1));
  }

  /** A part by the name that Flink gives it. */
  Optional<String> part(String name) {
    return switch (name) {
      case "PROTOCOL" -> Optional.of(protocol);
      case "AUTHORITY" -> authority.isEmpty() ? Optional.empty() : Optional.of(authority);
      case "USERINFO" -> userInfo();
      case "HOST" -> host();
      case "PATH" -> Optional.of(path);
      case "QUERY" -> query;
      case "REF" -> ref;
      case "FILE" -> Optional.of(query.map(q -> path + "?" + q).orElse(path));
      default -> Optional.empty();
    };
  }

  private Optional<String> userInfo() {
    int at = authority.lastIndexOf('@');
    return at < 0 ? Optional.empty() : Optional.of(authority.substring(0, at));
  }

  private Optional<String> host() {
    String server = authority.substring(authority.lastIndexOf('@') + 1);
    String host = server.startsWith("[") ? before(server, ']') + "]" : before(server, ':');
    return host.isEmpty() ? Optional.empty() : Optional.of(host);
  }

  /** The first value of a parameter of the query. */
  Optional<String> parameter(String part, String key) {
    if (!part.equals("QUERY")) {
      return Optional.empty();
    }
    for (String parameter : query.orElse("").split("&", -1)) {
      if (parameter.startsWith(key + "=")) {
        return Optional.of(parameter.substring(key.length() + 1));
      }
    }
    return Optional.empty();
  }

  /** (url, part) or (url, 'QUERY', key): NULL for a part that is not there. */
  static boolean parseUrl(Arguments x, int row, BytesOutput out) {
    String key = x.size() > 2 ? x.bytes(2).text(row & x.mask(2)) : "";
    String part = x.bytes(1).text(row & x.mask(1));
    String found =
        UrlParts.of(x.bytes(0).text(row & x.mask(0)))
            .flatMap(url -> x.size() > 2 ? url.parameter(part, key) : url.part(part))
            .orElse(null);
    if (found == null) {
      return false;
    }
    out.append(found.getBytes(StandardCharsets.UTF_8));
    return true;
  }
}
