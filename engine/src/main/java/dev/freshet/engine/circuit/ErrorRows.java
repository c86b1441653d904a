package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Values;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Arrangement;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.row.RowText;

/**
 * The rows on which one operator's expressions fail: a Z-set like any other, so that a corrected
 * row takes its error away. One thread owns it; only {@link #add} may be called by several at once,
 * because the order in which rows come does not matter.
 */
final class ErrorRows {
  static final Schema SCHEMA =
      Schema.of(
          Column.notNull("reason", DataType.Simple.VARCHAR),
          Column.notNull("row", DataType.Simple.VARCHAR));

  static final Batch NOTHING = Batch.empty(SCHEMA);

  static final RowOrder ORDER = RowOrder.byKey(SCHEMA, 0, 1);

  private Arrangement rows = new Arrangement(ORDER);
  private final BatchBuilder pending = new BatchBuilder(SCHEMA, 0);
  private Batch delta = NOTHING;

  void add(String reason, Batch batch, int row, long weight) {
    String text = RowText.json(batch, row);
    synchronized (pending) {
      Values.appendText(pending.column(0), reason);
      Values.appendText(pending.column(1), text);
      pending.endRow(weight);
    }
  }

  /** Takes what was added into the content; {@link #delta()} is then the change. */
  void settle() {
    if (pending.rowCount() == 0) {
      return;
    }
    Run run = Run.of(ORDER, pending.build());
    rows.add(run);
    delta = run.rows();
  }

  void endStep() {
    if (!delta.isEmpty()) {
      delta = NOTHING;
    }
  }

  Batch delta() {
    return delta;
  }

  RunList content() {
    return rows.content();
  }

  void restore(RunList content) {
    rows = new Arrangement(content);
  }
}
