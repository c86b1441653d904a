package dev.freshet.kafka.protobuf;

import dev.freshet.core.batch.VectorBuilder;

/** How one value of a type is put into a column. Immutable; safe for all threads. */
@FunctionalInterface
interface ProtoCell {
  /**
   * Appends the value, which is all that the cursor has.
   *
   * @throws dev.freshet.capture.rows.CellProblem when it does not fit
   */
  void append(VectorBuilder out, ProtoCursor in);
}
