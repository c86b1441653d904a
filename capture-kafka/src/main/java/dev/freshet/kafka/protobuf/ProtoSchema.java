package dev.freshet.kafka.protobuf;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.core.error.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The message types of a schema and of what it imports. Immutable; safe for all threads. */
public final class ProtoSchema {
  private final Map<String, ProtoMessage> messages;
  private final Map<List<Integer>, String> places;

  /**
   * @param messages by full name
   * @param places names of the schema's own messages by their places: the number of the message in
   *     the file, then in that message, and so on
   */
  ProtoSchema(Map<String, ProtoMessage> messages, Map<List<Integer>, String> places) {
    this.messages = Map.copyOf(messages);
    this.places = Map.copyOf(places);
  }

  /**
   * Reads a schema.
   *
   * @param text of a {@code .proto} file
   * @param references texts of the files that it imports; Protobuf's own need not be there
   * @throws CellProblem when it cannot be read, with a reason that goes on behind its name
   */
  public static ProtoSchema parse(String text, List<String> references) {
    return new SchemaText(text, references).schema();
  }

  /** The message at a place. */
  ProtoMessage message(List<Integer> place) {
    String name = places.get(place);
    if (name == null) {
      throw new CellProblem(
          ErrorCode.ROW_MALFORMED, "its schema has no message at its index " + place);
    }
    return message(name);
  }

  ProtoMessage message(String name) {
    return Objects.requireNonNull(messages.get(name), name);
  }
}
