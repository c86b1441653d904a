package dev.freshet.kafka.avro;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.core.error.ErrorCode;
import java.util.List;
import org.apache.avro.Schema;

/** Reads schemas that others wrote. */
public final class AvroSchemas {
  private static final int REASON_MAX = 300;

  private AvroSchemas() {}

  /**
   * A schema.
   *
   * @param references texts of those that it refers to, each behind those that it needs itself
   * @throws CellProblem when it cannot be read, with a reason that goes on behind its name
   */
  public static Schema parse(List<String> references, String text) {
    // Nothing is filled from defaults, and checking those of records in records takes twice as long
    // with each level.
    Schema.Parser parser = new Schema.Parser().setValidateDefaults(false);
    try {
      references.forEach(parser::parse);
      return parser.parse(text);
    } catch (StackOverflowError e) {
      throw unreadable("it is nested too deep");
    } catch (RuntimeException e) {
      // Not only of Avro: one for a fixed that no array can hold is Java's.
      throw unreadable(String.valueOf(e.getMessage()));
    }
  }

  private static CellProblem unreadable(String why) {
    return new CellProblem(
        ErrorCode.ROW_MALFORMED,
        "cannot be read: " + why.substring(0, Math.min(REASON_MAX, why.length())));
  }
}
