package dev.freshet.kafka.protobuf;

import dev.freshet.core.batch.VectorBuilder;

/** How a field, single or repeated, is put into a column. Immutable; safe for all threads. */
@FunctionalInterface
interface FieldCell {
  /**
   * Appends one value, also when the field is not there.
   *
   * @throws dev.freshet.capture.rows.CellProblem when it does not fit
   */
  void append(VectorBuilder out, Found found);
}
