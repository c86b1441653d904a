package dev.freshet.runtime.sink;

import dev.freshet.deliver.Sink;
import dev.freshet.deliver.SinkInput;
import dev.freshet.deliver.http.HttpSettings;
import dev.freshet.deliver.http.HttpSink;
import dev.freshet.runtime.project.SinkSettings;
import dev.freshet.runtime.yaml.YamlMap;
import dev.freshet.runtime.yaml.YamlValue;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** {@code kind: http}: requests to an address. */
final class HttpSinkKind implements SinkKind {
  private static final Set<String> OWN_HEADERS =
      Set.of(
          "content-type",
          "idempotency-key",
          "content-length",
          "host",
          "connection",
          "expect",
          "upgrade");
  private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
  private static final Pattern HEADER_TEXT = Pattern.compile("[\\t\\x20-\\x7e]*");
  private static final int ROWS_MAX = 100_000;

  @Override
  public String name() {
    return "http";
  }

  @Override
  public Keys keys() {
    return Keys.OPTIONAL;
  }

  @Override
  public Sink create(SinkSettings settings, SinkInput input) {
    YamlMap map =
        settings
            .details()
            .allow("kind", "model", "outbox", "url", "headers", "rows-per-request", "timeout");
    return new HttpSink(
        new HttpSettings(
            url(map),
            map.find("headers").map(HttpSinkKind::headers).orElse(Map.of()),
            map.find("rows-per-request")
                .map(value -> (int) value.integer(1, ROWS_MAX))
                .orElse(HttpSettings.ROWS_MAX),
            SinkKinds.timeout(map, HttpSettings.TIMEOUT)),
        input);
  }

  /** The text is not shown: it may hold a secret. */
  private static URI url(YamlMap map) {
    YamlValue value = map.require("url");
    try {
      URI url = new URI(value.text());
      boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (isHttp && url.getHost() != null && url.getUserInfo() == null) {
        return url;
      }
    } catch (URISyntaxException e) {
      // told below
    }
    throw SinkKinds.withoutLine(
        value,
        "Invalid url: it is an address of HTTP without user and password, such as"
            + " https://hooks.example.com/orders. A token goes into headers: {Authorization: Bearer"
            + " ${TOKEN}}.");
  }

  private static Map<String, String> headers(YamlValue value) {
    YamlMap map = value.map();
    Map<String, String> headers = new TreeMap<>();
    for (String name : map.keys()) {
      if (!HEADER_NAME.matcher(name).matches()
          || OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
        throw value.invalid(
            "Invalid header: "
                + name
                + ". It is one that Freshet sets itself, or no name of a header.");
      }
      String text = map.require(name).text();
      if (!HEADER_TEXT.matcher(text).matches()) { // is not shown: it may be a secret
        throw value.invalid(
            "Invalid header: the value of "
                + name
                + " has a line break or another character that a header cannot carry.");
      }
      headers.put(name, text);
    }
    return headers;
  }
}
