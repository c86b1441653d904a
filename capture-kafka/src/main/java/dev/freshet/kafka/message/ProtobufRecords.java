package dev.freshet.kafka.message;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.TableFields;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.port.Clock;
import dev.freshet.kafka.budget.DecodeBudget;
import dev.freshet.kafka.protobuf.MessagePlace;
import dev.freshet.kafka.protobuf.ProtoRecord;
import dev.freshet.kafka.protobuf.ProtoSchema;
import dev.freshet.kafka.registry.RegistrySchema;
import dev.freshet.kafka.registry.SchemaRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What messages of Protobuf are to one table, each type worked out once. One thread owns it. */
final class ProtobufRecords {
  /** A schema has a few messages; who writes made-up places must not fill the memory. */
  private static final int RECORDS_MAX = 10_000;

  private final KnownSchemas<ProtoSchema> schemas;
  private final TableFields fields;
  private final MessageSettings settings;
  private final DecodeBudget budget;
  private final Map<Type, ProtoRecord> records = new HashMap<>();

  private record Type(int id, List<Integer> place) {}

  ProtobufRecords(
      SchemaRegistry registry,
      Clock clock,
      TableFields fields,
      MessageSettings settings,
      DecodeBudget budget) {
    this.schemas = new KnownSchemas<>(registry, clock, ProtobufRecords::parse);
    this.fields = fields;
    this.settings = settings;
    this.budget = budget;
  }

  private static ProtoSchema parse(RegistrySchema schema) {
    KnownSchemas.requireType(schema, "PROTOBUF", "Protobuf");
    try {
      return ProtoSchema.parse(schema.text(), schema.references());
    } catch (CellProblem e) {
      throw new CellProblem(
          ErrorCode.ROW_MALFORMED, "its schema " + schema.id() + " " + e.reason());
    }
  }

  /** The record of a message type. */
  ProtoRecord record(int id, MessagePlace place) {
    Type type = new Type(id, place.path());
    ProtoRecord found = records.get(type);
    if (found == null) {
      found =
          new ProtoRecord(
              schemas.schema(id),
              place.path(),
              fields,
              settings.unknown(),
              settings.times(),
              budget);
      if (records.size() >= RECORDS_MAX) {
        records.clear(); // then they are worked out again
      }
      records.put(type, found);
    }
    return found;
  }
}
