package dev.freshet.kafka.message;

import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.TableFields;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.kafka.avro.AvroRecord;
import java.util.List;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's envelope in Avro: where its fields stand, and what its rows are to the table.
 *
 * @param fields the envelope's, in the order in which they are written
 * @param row of {@code before} and {@code after}
 */
record AvroEnvelope(List<Schema.Field> fields, AvroRecord row) {
  static AvroEnvelope of(Schema schema, TableFields table) {
    if (schema.getType() == Schema.Type.RECORD && schema.getField("op") != null) {
      Schema row = row(schema.getField("after"));
      if (row != null) {
        return new AvroEnvelope(schema.getFields(), new AvroRecord(row, table));
      }
    }
    throw new CellProblem(
        ErrorCode.ROW_MALFORMED,
        "its schema is no envelope of Debezium, with op, before and after. Rows without an envelope"
            + " are read without envelope: debezium");
  }

  /** The record of a field that is one, or may be null. */
  private static @Nullable Schema row(Schema.@Nullable Field field) {
    if (field == null) {
      return null;
    }
    List<Schema> types =
        field.schema().isUnion() ? field.schema().getTypes() : List.of(field.schema());
    for (Schema type : types) {
      if (type.getType() == Schema.Type.RECORD) {
        return type;
      }
    }
    return null;
  }
}
