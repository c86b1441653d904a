package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.List;

/**
 * For each position of a probe, its key's rows: consolidated, in the arrangement's order.
 *
 * @param rows the rows of all positions, one position after the other
 * @param offsets rows of position i go from {@code offsets[i]} to {@code offsets[i + 1]}; not to be
 *     written to
 */
@SuppressWarnings("ArrayRecordComponent") // columnar data is arrays, read-only by contract
public record KeyGroups(Batch rows, int[] offsets) {
  /** Those of several probes, one after the other. */
  static KeyGroups concat(Schema schema, List<KeyGroups> parts) {
    int count = 0;
    List<Batch> rows = new ArrayList<>(parts.size());
    for (KeyGroups part : parts) {
      rows.add(part.rows);
      count += part.offsets.length - 1;
    }
    int[] offsets = new int[count + 1];
    int position = 0;
    for (KeyGroups part : parts) {
      int begin = offsets[position];
      for (int i = 1; i < part.offsets.length; i++) {
        offsets[++position] = Math.addExact(begin, part.offsets[i]);
      }
    }
    return new KeyGroups(Rows.concat(schema, rows), offsets);
  }
}
