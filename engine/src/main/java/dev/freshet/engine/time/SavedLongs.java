package dev.freshet.engine.time;

import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Arrangement;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A few numbers as state that checkpoints take. One thread owns it. */
final class SavedLongs {
  private final RowOrder order;
  private long[] last = {};
  private RunList content;

  SavedLongs(int count) {
    this.order = order(count);
    this.content = new Arrangement(order).content();
  }

  static RowOrder order(int count) {
    List<Column> columns = new ArrayList<>();
    for (int c = 0; c < count; c++) {
      columns.add(Column.notNull("c" + c, Simple.BIGINT));
    }
    return RowOrder.byKey(new Schema(columns), 0);
  }

  /** The same object as before when the numbers are, so that it is not written again. */
  RunList save(long... values) {
    if (!Arrays.equals(last, values)) {
      last = values.clone();
      BatchBuilder row = new BatchBuilder(order.schema(), 1);
      for (int c = 0; c < values.length; c++) {
        row.column(c).appendLong(values[c]);
      }
      row.endRow(1);
      Arrangement arrangement = new Arrangement(order);
      arrangement.add(Run.of(order, row.build()));
      content = arrangement.content();
    }
    return content;
  }

  long[] restore(RunList saved) {
    var row = saved.scan();
    long[] values = new long[order.schema().columnCount()];
    for (int c = 0; c < values.length; c++) {
      values[c] = ((LongVector) row.column(c)).values()[0];
    }
    last = values.clone();
    content = saved;
    return values;
  }
}
