package dev.freshet.kafka.avro;

import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;

/**
 * What Debezium writes in place of a value that the database did not send, as PostgreSQL does not
 * send an unchanged TOASTed value: a text, its bytes, an array of it, or a map of it to itself.
 */
public final class Unsent {
  /** The text, unless the connector's {@code unavailable.value.placeholder} is another. */
  public static final String TEXT = "__debezium_unavailable_value";

  private static final byte[] BYTES = TEXT.getBytes(StandardCharsets.UTF_8);

  private Unsent() {}

  /** Whether values of this schema can be it. */
  static boolean isPossible(Schema schema) {
    return switch (schema.getType()) {
      case STRING, BYTES -> true;
      case ARRAY -> isPossible(schema.getElementType());
      case MAP -> isPossible(schema.getValueType());
      case UNION -> schema.getTypes().stream().anyMatch(Unsent::isPossible);
      case NULL, BOOLEAN, INT, LONG, FLOAT, DOUBLE, ENUM, FIXED, RECORD -> false;
    };
  }

  /** Passes such a value; returns whether there was one. */
  static boolean passes(Schema schema, AvroCursor in) {
    int start = in.at();
    if (isNext(schema, in)) {
      return true;
    }
    in.moveTo(start);
    return false;
  }

  private static boolean isNext(Schema schema, AvroCursor in) {
    return switch (schema.getType()) {
      case STRING, BYTES -> in.passesText(BYTES);
      case UNION -> isNext(schema.getTypes().get(in.readIndex(schema.getTypes().size())), in);
      case ARRAY -> in.passesByte(ONE) && isNext(schema.getElementType(), in) && in.passesByte(END);
      case MAP ->
          in.passesByte(ONE)
              && in.passesText(BYTES)
              && isNext(schema.getValueType(), in)
              && in.passesByte(END);
      case NULL, BOOLEAN, INT, LONG, FLOAT, DOUBLE, ENUM, FIXED, RECORD -> false;
    };
  }

  /** A block of one item. */
  private static final int ONE = 2;

  private static final int END = 0;
}
