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
  /** How long an id that the registry does not know is not asked for again. */
  private static final long UNKNOWN_MICROS = 5_000_000;

  private final SchemaRegistry registry;
  private final Clock clock;
  private final Map<Integer, Schema> known = new HashMap<>();
  private final Map<Integer, Long> unknownSince = new HashMap<>();

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
    Long since = unknownSince.get(id);
    if (since != null && clock.wallMicros() - since < UNKNOWN_MICROS) {
      throw unknown(id);
    }
    Optional<RegistrySchema> schema = registry.schema(id);
    if (schema.isEmpty()) {
      unknownSince.put(id, clock.wallMicros());
      throw unknown(id);
    }
    Schema parsed = parse(schema.get());
    known.put(id, parsed);
    return parsed;
  }

  private static CellProblem unknown(int id) {
    return new CellProblem(
        ErrorCode.ROW_MALFORMED, "the schema registry has no schema of its id " + id);
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
    } catch (AvroRuntimeException e) {
      throw new CellProblem(
          ErrorCode.ROW_MALFORMED,
          "its schema " + schema.id() + " cannot be read: " + e.getMessage());
    }
  }
}
