package dev.freshet.cli;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A project that runs in another process, asked over HTTP. */
final class RunningProject {
  private static final int CONNECT_MILLIS = 2_000;
  private static final Pattern CODE = Pattern.compile("\"code\"\\s*:\\s*\"([A-Z_]+)\"");
  private static final Pattern MESSAGE =
      Pattern.compile("\"message\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");

  private final String address;

  RunningProject(String address) {
    this.address = address;
  }

  String get(String path) {
    return exchange("GET", path, new byte[0]);
  }

  String post(String path, String body) {
    return exchange("POST", path, body.getBytes(StandardCharsets.UTF_8));
  }

  private String exchange(String method, String path, byte[] body) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(address + path).toURL().openConnection();
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setRequestMethod(method);
      if (body.length > 0) {
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "text/plain; charset=utf-8");
        try (OutputStream out = connection.getOutputStream()) {
          out.write(body);
        }
      }
      int status = connection.getResponseCode();
      try (InputStream in =
          status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
        String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        if (status >= 400) {
          throw refused(status, text);
        }
        return text;
      }
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.NOT_RUNNING,
          "Cannot reach the project at "
              + address
              + ": "
              + e.getMessage()
              + ". Start it with: freshet up",
          e);
    }
  }

  /** The server's own error; only the two fields that every error has are taken out of its JSON. */
  private static FreshetException refused(int status, String json) {
    Matcher code = CODE.matcher(json);
    Matcher message = MESSAGE.matcher(json);
    if (code.find() && message.find()) {
      return new FreshetException(ErrorCode.valueOf(code.group(1)), unescape(message.group(1)));
    }
    return new FreshetException(
        ErrorCode.REQUEST_INVALID,
        "Failed to ask the project: HTTP status " + status + ". " + json);
  }

  private static String unescape(String json) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escaped = json.charAt(++i);
      switch (escaped) {
        case 'n' -> out.append('\n');
        case 't' -> out.append('\t');
        case 'r' -> out.append('\r');
        case 'u' -> {
          out.append((char) Integer.parseInt(json.substring(i + 1, i + 5), 16));
          i += 4;
        }
        default -> out.append(escaped);
      }
    }
    return out.toString();
  }
}
