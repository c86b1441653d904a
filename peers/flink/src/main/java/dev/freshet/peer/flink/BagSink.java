package dev.freshet.peer.flink;

import dev.freshet.measure.RowTexts;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.types.Row;
import org.jspecify.annotations.Nullable;

/** Applies a changelog to a bag of rows in this process. One job at a time may use it. */
final class BagSink implements Sink<Row> {
  private static final Object LOCK = new Object();
  private static RowTexts rows = new RowTexts();
  private static @Nullable Runnable atFirstRow;

  /** Forgets the rows of the job before. */
  static void clear(Runnable whenTheFirstRowComes) {
    synchronized (LOCK) {
      rows = new RowTexts();
      atFirstRow = whenTheFirstRowComes;
    }
  }

  static RowTexts rows() {
    synchronized (LOCK) {
      return rows;
    }
  }

  @Override
  public SinkWriter<Row> createWriter(WriterInitContext context) {
    return new Writer();
  }

  private static void add(Row row) {
    @Nullable Object[] values = new @Nullable Object[row.getArity()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.getField(i);
    }
    long weight =
        switch (row.getKind()) {
          case INSERT, UPDATE_AFTER -> 1;
          case DELETE, UPDATE_BEFORE -> -1;
        };
    synchronized (LOCK) {
      rows.add(values, weight);
      if (atFirstRow != null) {
        atFirstRow.run();
        atFirstRow = null;
      }
    }
  }

  private static final class Writer implements SinkWriter<Row> {
    @Override
    public void write(Row row, Context context) {
      add(row);
    }

    @Override
    public void flush(boolean endOfInput) {}

    @Override
    public void close() {}
  }
}
