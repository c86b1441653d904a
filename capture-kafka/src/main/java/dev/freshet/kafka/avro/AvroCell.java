package dev.freshet.kafka.avro;

import dev.freshet.core.batch.VectorBuilder;

/** How a value of one schema is put into a column of one type. Immutable; safe for all threads. */
@FunctionalInterface
interface AvroCell {
  /**
   * Appends the value at the cursor, and passes it.
   *
   * @throws dev.freshet.capture.rows.CellProblem when it does not fit; the cursor then stands
   *     somewhere in it
   */
  void append(VectorBuilder out, AvroCursor in);
}
