package dev.freshet.kafka.protobuf;

import java.util.ArrayList;
import java.util.List;

/**
 * Which message of a schema a value is, as Confluent's serializers write it before the message: how
 * many numbers follow and they, zigzag; or a single zero for the first message.
 *
 * @param path the number of the message in the file, then in that message, and so on
 * @param end where the message begins
 */
public record MessagePlace(List<Integer> path, int end) {
  private static final List<Integer> FIRST = List.of(0);

  /**
   * Reads it.
   *
   * @throws dev.freshet.capture.rows.CellProblem when there is none
   */
  public static MessagePlace read(byte[] bytes, int start) {
    ProtoCursor in = new ProtoCursor().reset(bytes, start, bytes.length);
    long count = in.readZigzag();
    if (count == 0) {
      return new MessagePlace(FIRST, in.at());
    }
    if (count < 0 || count > ProtoCursor.DEPTH_MAX) {
      throw ProtoCursor.malformed("it says that its message has " + count + " indexes");
    }
    List<Integer> path = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      path.add((int) in.readZigzag());
    }
    return new MessagePlace(List.copyOf(path), in.at());
  }
}
