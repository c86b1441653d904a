package dev.freshet.deliver.http;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * Where a sink posts to.
 *
 * @param headers sent with each request; may hold secrets
 * @param rowsMax changes in one request, at most
 * @param timeout for an answer
 */
public record HttpSettings(URI url, Map<String, String> headers, int rowsMax, Duration timeout) {
  public static final int ROWS_MAX = 1_000;
  public static final Duration TIMEOUT = Duration.ofSeconds(30);

  public HttpSettings {
    headers = Map.copyOf(headers);
  }

  /** The address without its query, which may hold a secret. */
  @Override
  public String toString() {
    int port = url.getPort();
    return url.getScheme()
        + "://"
        + url.getHost()
        + (port < 0 ? "" : ":" + port)
        + (url.getPath() == null ? "" : url.getPath());
  }
}
