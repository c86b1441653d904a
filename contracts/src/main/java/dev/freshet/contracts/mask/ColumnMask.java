package dev.freshet.contracts.mask;

import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;

/** Makes the values of one column into what may be written. One thread at a time uses it. */
interface ColumnMask {
  /**
   * @param type of the values, which the mask takes
   */
  Vector apply(Vector values, DataType type);
}
