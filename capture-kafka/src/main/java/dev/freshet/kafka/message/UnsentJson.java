package dev.freshet.kafka.message;

import dev.freshet.capture.rows.JsonCursor;
import dev.freshet.kafka.avro.Unsent;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** How {@link Unsent} is written in JSON, without white space as Connect writes it. */
final class UnsentJson {
  private static final String TEXT = '"' + Unsent.TEXT + '"';
  private static final String ENTRY = TEXT + ":" + TEXT;
  private static final List<byte[]> TEXTS =
      List.of(
          bytes(TEXT),
          bytes('"' + Base64.getEncoder().encodeToString(bytes(Unsent.TEXT)) + '"'),
          bytes("\"{" + ENTRY.replace("\"", "\\\"") + "}\""),
          bytes("[" + TEXT + "]"),
          bytes("{" + ENTRY + "}"));

  private UnsentJson() {}

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Passes such a value; returns whether there was one. */
  static boolean passes(JsonCursor json) {
    int next = json.peek();
    if (next != '"' && next != '[' && next != '{') {
      return false;
    }
    for (byte[] text : TEXTS) {
      if (json.passes(text)) {
        return true;
      }
    }
    return false;
  }
}
