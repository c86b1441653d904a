package dev.freshet.kafka.message;

import dev.freshet.capture.rows.RowsBuilder;
import dev.freshet.contracts.Contract;
import dev.freshet.kafka.avro.AvroCursor;
import dev.freshet.kafka.avro.AvroRecord;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Keys that are Avro: a record, or the value of the only column. */
record AvroKeyReader(
    RowsBuilder rows, AvroRecords records, Contract contract, int[] key, AvroCursor cursor)
    implements KeyReader {
  @Override
  public void fillMissing(byte @Nullable [] bytes) {
    if (bytes == null || !KeyReaders.isMissing(rows, key)) {
      return;
    }
    int id = Framed.schemaId(bytes, "key");
    Schema schema = records.schema(id);
    cursor.reset(bytes, Framed.HEAD_BYTES, bytes.length);
    if (schema.getType() == Schema.Type.RECORD) {
      records.record(id).fillMissing(rows, key, cursor);
    } else {
      KeyReaders.requireOne(key, contract);
      AvroRecord.fillColumn(rows, key[0], contract.schema().type(key[0]), schema, cursor);
    }
    cursor.requireEnd();
  }
}
