package dev.freshet.kafka.message;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.port.Clock;
import dev.freshet.kafka.registry.RegistrySchema;
import dev.freshet.kafka.registry.SchemaRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Schemas by their ids in a registry, each parsed once. One thread owns it. */
final class KnownSchemas<T> {
  /** How long an id that the registry does not know, or not whole, is not asked for again. */
  private static final long REFUSED_MICROS = 5_000_000;

  private static final int REFUSED_MAX = 1_000;

  private final SchemaRegistry registry;
  private final Clock clock;
  private final Function<RegistrySchema, T> parse;
  private final Map<Integer, T> known = new HashMap<>();
  private final Map<Integer, Refused> refused = new HashMap<>();

  /** Why messages of an id are refused, found at some time. */
  private record Refused(CellProblem problem, long micros) {}

  /**
   * @param parse throws {@link CellProblem} for a schema that cannot be read, or is of another kind
   */
  KnownSchemas(SchemaRegistry registry, Clock clock, Function<RegistrySchema, T> parse) {
    this.registry = registry;
    this.clock = clock;
    this.parse = parse;
  }

  /**
   * @throws CellProblem when there is none of this id, or it cannot be read
   * @throws dev.freshet.core.error.FreshetException when the registry does not answer
   */
  T schema(int id) {
    T found = known.get(id);
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
      T parsed = parse.apply(schema.orElseThrow(() -> unknown(id)));
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

  /** A schema of one language. */
  static void requireType(RegistrySchema schema, String type, String name) {
    if (!schema.type().equals(type)) {
      throw new CellProblem(
          ErrorCode.ROW_MALFORMED,
          "its schema " + schema.id() + " is one of " + schema.type() + ", not of " + name);
    }
  }
}
