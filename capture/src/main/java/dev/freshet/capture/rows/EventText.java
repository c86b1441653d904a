package dev.freshet.capture.rows;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A single CloudEvent, before it is decoded: what makes it that event and no other is its source
 * and id (CloudEvents 1.0, "id").
 *
 * @param specversion empty when it is missing; decoding says what is wrong then
 * @param type as specversion
 * @param dataStart where its data begins in the text
 * @param dataEnd where its data ends; {@code dataStart} without data
 */
public record EventText(
    String specversion, String source, String id, String type, int dataStart, int dataEnd) {
  /** An event by its attributes; empty when they do not say which it is. */
  public static Optional<EventText> of(Map<String, String> attributes, int dataStart, int dataEnd) {
    String source = attributes.getOrDefault("source", "");
    String id = attributes.getOrDefault("id", "");
    return source.isEmpty() || id.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new EventText(
                attributes.getOrDefault("specversion", ""),
                source,
                id,
                attributes.getOrDefault("type", ""),
                dataStart,
                dataEnd));
  }

  /** An event as one JSON object; empty when the text is none, or does not say which. */
  public static Optional<EventText> read(byte[] bytes, int length) {
    JsonCursor json = new JsonCursor(bytes, 0, length);
    Map<String, String> attributes = new HashMap<>();
    int dataStart = 0;
    int dataEnd = 0;
    try {
      json.expect('{');
      do {
        json.string();
        String name = json.textAsString();
        json.expect(':');
        boolean isText = json.peek() == '"';
        int start = json.at();
        json.skip();
        if (name.equals("data")) {
          dataStart = start;
          dataEnd = json.at();
        } else if (isText && EventRows.REQUIRED.contains(name)) {
          attributes.put(name, json.textAsString());
        }
      } while (json.passes(','));
    } catch (SyntaxProblem e) {
      return Optional.empty(); // decoding says what is wrong
    }
    return of(attributes, dataStart, dataEnd);
  }
}
