package dev.freshet.serve.http;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import io.helidon.webserver.http.ServerRequest;

/** Query parameters with their limits. */
final class Parameters {
  private Parameters() {}

  static int integer(ServerRequest request, String name, int fallback, int min, int max) {
    String text = request.query().first(name).orElse("");
    if (text.isEmpty()) {
      return fallback;
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // answered below
    }
    throw new FreshetException(
        ErrorCode.REQUEST_INVALID,
        "Invalid parameter "
            + name
            + ": "
            + text
            + ". It takes a whole number from "
            + min
            + " to "
            + max
            + ".");
  }
}
