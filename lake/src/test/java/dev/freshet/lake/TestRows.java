package dev.freshet.lake;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows as texts that compare well. */
final class TestRows {
  private TestRows() {}

  static List<String> of(LakeReader reader, String table) {
    List<String> rows = new ArrayList<>();
    reader.read(table, batch -> rows.addAll(texts(batch)));
    return rows;
  }

  static List<String> sorted(List<String> rows) {
    return rows.stream().sorted().toList();
  }

  static List<String> texts(Batch batch) {
    List<String> rows = new ArrayList<>();
    for (int row = 0; row < batch.rowCount(); row++) {
      Object[] values = Values.readRow(batch, row);
      for (int i = 0; i < values.length; i++) {
        values[i] = values[i] instanceof byte[] bytes ? Arrays.toString(bytes) : values[i];
      }
      rows.add(Arrays.toString(values));
    }
    return rows;
  }
}
