package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Arrangement;
import dev.freshet.engine.arrangement.GroupReader;
import dev.freshet.engine.arrangement.KeyGroups;
import dev.freshet.engine.arrangement.Probe;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.sql.plan.Plan.Closing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Rows that wait for the moment at which they close. They lie in buckets of time, within a bucket
 * by their moment, so that taking the closed ones reads little else:
 *
 * <pre>
 *   | row | moment | bucket = floor(moment / spread) |      key: bucket, sorted by moment
 * </pre>
 *
 * The buckets that may have rows are kept in memory. One thread owns it.
 */
final class ClosingQueue {
  private static final int ROWS_AT_ONCE = 1 << 13;

  private final Schema schema;
  private final Closing closing;
  private final long spread;
  private final RowOrder order;
  private final int moment;
  private final int bucket;
  private final TreeSet<Long> buckets = new TreeSet<>();
  private Arrangement rows;

  ClosingQueue(Schema schema, Closing closing, long spread) {
    this.schema = schema;
    this.closing = closing;
    this.spread = Math.max(1, spread);
    this.moment = schema.columnCount();
    this.bucket = moment + 1;
    this.order = order(schema);
    this.rows = new Arrangement(order);
  }

  private static RowOrder order(Schema schema) {
    List<Column> columns = new ArrayList<>(schema.columns());
    columns.add(Column.notNull("moment", Simple.BIGINT));
    columns.add(Column.notNull("bucket", Simple.BIGINT));
    int moment = schema.columnCount();
    return RowOrder.sorted(
        new Schema(columns),
        new int[] {moment + 1},
        new int[] {moment},
        new boolean[1],
        new boolean[1]);
  }

  /** The part of a label that tells queues apart. */
  static String label(Closing closing, long spread) {
    return "$"
        + closing.column()
        + (closing.width() == 0 ? "" : " floor " + closing.width() + " from " + closing.offset())
        + " + "
        + closing.lag()
        + " spread "
        + spread;
  }

  /** Takes changes of rows that close after a moment; others are left out. */
  void add(Batch change, long after) {
    if (change.isEmpty()) {
      return;
    }
    LongVector column = (LongVector) change.column(closing.column());
    long[] values = column.values();
    int[] kept = new int[change.rowCount()];
    long[] moments = new long[kept.length];
    long[] places = new long[kept.length];
    int count = 0;
    for (int row = 0; row < kept.length; row++) {
      if (column.isNull(row)) {
        continue;
      }
      long at = closing.moment(values[row]);
      if (at > after) {
        kept[count] = row;
        moments[count] = at;
        places[count++] = Math.floorDiv(at, spread);
      }
    }
    if (count == 0) {
      return;
    }
    for (int i = 0; i < count; i++) {
      if (i == 0 || places[i] != places[i - 1]) {
        buckets.add(places[i]);
      }
    }
    Batch waiting = Rows.gather(change, kept, count);
    Vector[] columns = Arrays.copyOf(waiting.columns(), bucket + 1);
    columns[moment] = new LongVector(moments, Vector.NO_NULLS, count);
    columns[bucket] = new LongVector(places, Vector.NO_NULLS, count);
    rows.add(Run.of(order, new Batch(order.schema(), columns, waiting.weights(), count)));
  }

  /** Whether rows may wait that close at this moment or before. */
  boolean mayHave(long upTo) {
    return !buckets.isEmpty() && buckets.first() <= Math.floorDiv(upTo, spread);
  }

  /** Takes out about so many of the rows that close at this moment or before, the first ones. */
  Batch take(long upTo, long rowsMax) {
    List<Batch> taken = new ArrayList<>();
    long left = rowsMax;
    while (left > 0 && mayHave(upTo)) {
      long first = buckets.first();
      long limit = Math.min(left, ROWS_AT_ONCE);
      Batch head = head(first, limit);
      int closed = closed(head, upTo);
      left -= closed;
      if (closed > 0) {
        Batch part = Rows.gather(head, IntStream.range(0, closed).toArray(), closed);
        rows.add(Run.of(order, part.negated()));
        taken.add(part.select(IntStream.range(0, moment).toArray()).withSchema(schema));
      }
      if (closed < head.rowCount()) {
        break;
      }
      if (weight(head) < limit) {
        buckets.remove(first);
      }
    }
    return taken.isEmpty() ? Batch.empty(schema) : Rows.concat(schema, taken);
  }

  private Batch head(long place, long limit) {
    Schema key = Schemas.numbered(order.schema(), new int[] {bucket});
    BatchBuilder probe = new BatchBuilder(key, 1);
    probe.column(0).appendLong(place);
    probe.endRow(1);
    KeyGroups groups =
        rows.content().groups(Probe.of(probe.build(), 0), limit, GroupReader.From.FIRST);
    return groups.rows();
  }

  private int closed(Batch head, long upTo) {
    long[] moments = ((LongVector) head.column(moment)).values();
    int closed = 0;
    while (closed < head.rowCount() && moments[closed] <= upTo) {
      closed++;
    }
    return closed;
  }

  private static long weight(Batch batch) {
    long weight = 0;
    for (int row = 0; row < batch.rowCount(); row++) {
      weight += batch.weight(row);
    }
    return weight;
  }

  RowOrder order() {
    return order;
  }

  RunList content() {
    return rows.content();
  }

  void restore(RunList content) {
    rows = new Arrangement(content);
    content.stored(batch -> {
      for (long place : Arrays.copyOf(longs(batch), batch.rowCount())) {
        buckets.add(place);
      }
      return true;
    });
  }

  private long[] longs(Batch batch) {
    return ((LongVector) batch.column(bucket)).values();
  }
}
