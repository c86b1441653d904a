package dev.freshet.capture.postgres;

import org.jspecify.annotations.Nullable;

/** Writes a rejected row as a JSON object of column names to text. One use each. */
final class RejectedText {
  private final StringBuilder json = new StringBuilder("{");

  void add(String column, @Nullable String value) {
    if (json.length() > 1) {
      json.append(',');
    }
    quote(column);
    json.append(':');
    if (value == null) {
      json.append("null");
    } else {
      quote(value);
    }
  }

  private void quote(String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append(String.format(java.util.Locale.ROOT, "\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }

  @Override
  public String toString() {
    return json + "}";
  }
}
