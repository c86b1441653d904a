package dev.freshet.kafka.message;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.TableFields;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.port.Clock;
import dev.freshet.kafka.avro.AvroRecord;
import dev.freshet.kafka.avro.AvroSchemas;
import dev.freshet.kafka.registry.RegistrySchema;
import dev.freshet.kafka.registry.SchemaRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/** What schemas of values are to one table, each worked out once. One thread owns it. */
final class AvroRecords {
  private final KnownSchemas<Schema> schemas;
  private final TableFields fields;
  private final Map<Integer, AvroRecord> records = new HashMap<>();
  private final Map<Integer, AvroEnvelope> envelopes = new HashMap<>();
  private int lastId = -1;
  private AvroRecord last;

  AvroRecords(SchemaRegistry registry, Clock clock, TableFields fields) {
    this.schemas = new KnownSchemas<>(registry, clock, AvroRecords::parse);
    this.fields = fields;
    this.last = new AvroRecord(Schema.createRecord("none", "", "", false, List.of()), fields);
  }

  private static Schema parse(RegistrySchema schema) {
    KnownSchemas.requireType(schema, "AVRO", "Avro");
    try {
      return AvroSchemas.parse(schema.references(), schema.text());
    } catch (CellProblem e) {
      throw new CellProblem(
          ErrorCode.ROW_MALFORMED, "its schema " + schema.id() + " " + e.reason());
    }
  }

  /** The record of this id. */
  AvroRecord record(int id) {
    if (id == lastId) {
      return last;
    }
    AvroRecord found = records.get(id);
    if (found == null) {
      Schema schema = schemas.schema(id);
      if (schema.getType() != Schema.Type.RECORD) {
        throw new CellProblem(
            ErrorCode.ROW_MALFORMED,
            "its schema " + id + " is no record but " + schema.getType().getName());
      }
      found = new AvroRecord(schema, fields);
      records.put(id, found);
    }
    lastId = id;
    last = found;
    return found;
  }

  /** The envelope of this id. */
  AvroEnvelope envelope(int id) {
    AvroEnvelope found = envelopes.get(id);
    if (found == null) {
      found = AvroEnvelope.of(schemas.schema(id), fields);
      envelopes.put(id, found);
    }
    return found;
  }

  Schema schema(int id) {
    return schemas.schema(id);
  }
}
