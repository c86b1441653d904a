package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.time.TableTime;
import dev.freshet.engine.time.ViewTime;
import java.util.List;

/** Runs what waits for a final view's watermark when that has moved. One thread owns it. */
public final class WatermarkNode extends Node {
  private static final Schema SCHEMA = Schema.of(Column.notNull("watermark", Simple.BIGINT));

  private final ViewTime time;
  private long seen = TableTime.NONE;

  WatermarkNode(ViewTime time) {
    super("watermark of " + time.identity(), SCHEMA, List.of());
    this.time = time;
  }

  long watermark() {
    return time.watermark();
  }

  /** Takes the view's watermark over. */
  public void offer() {
    if (time.watermark() != seen) {
      emit(moved());
    }
  }

  @Override
  Batch evaluate() {
    return moved();
  }

  private Batch moved() {
    seen = time.watermark();
    BatchBuilder row = new BatchBuilder(SCHEMA, 1);
    row.column(0).appendLong(seen);
    row.endRow(1);
    return row.build();
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new WatermarkNode(time);
  }

  @Override
  public String operator() {
    return "watermark";
  }
}
