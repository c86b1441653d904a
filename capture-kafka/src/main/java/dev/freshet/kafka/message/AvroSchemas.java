package dev.freshet.kafka.message;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.port.Clock;
import dev.freshet.kafka.registry.RegistrySchema;
import dev.freshet.kafka.registry.SchemaRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/** Avro schemas by their ids in a registry. One thread owns it. */
final class AvroSchemas {
  /** How long an id that the registry does not know, or not whole, is not asked for again. */
  private static final long REFUSED_MICROS = 5_000_000;

  private static final int REFUSED_MAX = 1_000;

  private final SchemaRegistry registry;
  private final Clock clock;
  private final Map<Integer, Schema> known = new HashMap<>();
  private final Map<Integer, Refused> refused = new HashMap<>();

  /** Why messages of an id are refused, found at some time. */
  private record Refused(CellProblem problem, long micros) {}

  AvroSchemas(SchemaRegistry registry, Clock clock) {
    this.registry = registry;
    this.clock = clock;
  }

  /**
   * @throws CellProblem when there is none of this id, or it is none of Avro
   * @throws dev.freshet.core.error.FreshetException when the registry does not answer
   */
  Schema schema(int id) {
    Schema found = known.get(id);
    if (found != null) {
      return found;
    }
    long now = clock.wallMicros();
    Refused before = refused.get(id);
    if (before != null && now - before.micros() < REFUSED_MICROS) {
      throw before.problem();
    }
    Optional<RegistrySchema> schema = registry.schema(id);
    try {
      Schema parsed = parse(schema.orElseThrow(() -> unknown(id)));
      refused.remove(id);
      known.put(id, parsed);
      return parsed;
    } catch (CellProblem e) {
      if (refused.size() >= REFUSED_MAX) {
        refused.clear(); // then they are asked for once more
      }
      refused.put(id, new Refused(e, now));
      throw e;
    }
  }

  private static CellProblem unknown(int id) {
    return new CellProblem(
        ErrorCode.SOURCE_MISCONFIGURED, "the schema registry has no schema of its id " + id);
  }

  private static Schema parse(RegistrySchema schema) {
    if (!schema.type().equals("AVRO")) {
      throw new CellProblem(
          ErrorCode.ROW_MALFORMED,
          "its schema " + schema.id() + " is one of " + schema.type() + ", not of Avro");
    }
    try {
      Schema.Parser parser = new Schema.Parser();
      schema.references().forEach(parser::parse);
      return parser.parse(schema.text());
    } catch (AvroRuntimeException | StackOverflowError e) {
      throw new CellProblem(
          ErrorCode.ROW_MALFORMED,
          "its schema " + schema.id() + " cannot be read: " + e.getMessage());
    }
  }
}
