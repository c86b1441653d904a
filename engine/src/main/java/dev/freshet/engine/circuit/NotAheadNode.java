package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Values;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Arrangement;
import dev.freshet.engine.arrangement.Probe;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.table.KeySlots;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Lets through the changes of rows that were not too far ahead when they came. The others are set
 * aside, so that each is found again when it goes: by then its time may have come.
 *
 * <pre>
 *   +1, later than the limit that it met                 aside + 1, an error row
 *   -1, as many as of the row are aside                  aside - 1, the error row goes
 *   anything else                                        through
 * </pre>
 *
 * Changes of rows set aside are counted: their state is a row whose weight is the count. One thread
 * owns it.
 */
final class NotAheadNode extends Node {
  private static final Schema COUNT = Schema.of(Column.notNull("ahead", Simple.BIGINT));
  private static final RowOrder COUNT_ORDER = RowOrder.byKey(COUNT, 0);

  private final int timeColumn;
  private final int limitColumn;
  private final int[] row;
  private final RowOrder order;
  private Arrangement aside;
  private Arrangement counted = new Arrangement(COUNT_ORDER);

  /**
   * @param limitColumn the last one; before it the watermark, and before that the row
   */
  NotAheadNode(Node input, int timeColumn, int limitColumn) {
    super("not ahead $" + timeColumn + " up to $" + limitColumn, input.schema(), List.of(input));
    this.timeColumn = timeColumn;
    this.limitColumn = limitColumn;
    this.row = IntStream.range(0, limitColumn - 1).toArray();
    this.order = RowOrder.byKey(new Schema(schema().columns().subList(0, row.length)), row);
    this.aside = new Arrangement(order);
  }

  /** How many changes were of rows too far ahead. */
  long aheadChanges() {
    return counted.content().weight();
  }

  @Override
  Batch evaluate() {
    Batch change = input().output();
    boolean[] ahead = ahead(change);
    boolean[] judged = new boolean[ahead.length];
    boolean any = false;
    boolean hasAside = aside.content().storedRows() > 0;
    for (int i = 0; i < ahead.length; i++) {
      judged[i] = ahead[i] || (hasAside && change.weight(i) < 0);
      any |= judged[i];
    }
    return any ? judge(change, ahead) : change;
  }

  private boolean[] ahead(Batch change) {
    LongVector column = (LongVector) change.column(timeColumn);
    long[] times = column.values();
    long[] limits = ((LongVector) change.column(limitColumn)).values();
    boolean[] ahead = new boolean[change.rowCount()];
    for (int i = 0; i < ahead.length; i++) {
      ahead[i] = times[i] > limits[i] && change.weight(i) > 0 && !column.isNull(i);
    }
    return ahead;
  }

  /** Follows the changes one after the other, with how many of each row are aside. */
  private Batch judge(Batch change, boolean[] ahead) {
    Batch rows = change.select(row);
    KeySlots slots = new KeySlots(row);
    int batch = slots.addBatch(rows);
    long[] hashes = Hashing.hashRows(rows, row);
    int[] slotOf = new int[ahead.length];
    Arrays.setAll(slotOf, i -> slots.slot(batch, i, hashes[i]));
    long[] before = asideOf(slots);
    long[] now = before.clone();
    long[] weights = new long[ahead.length];
    int[] through = new int[ahead.length];
    int count = 0;
    long changes = 0;
    for (int i = 0; i < ahead.length; i++) {
      long weight = change.weight(i);
      long set = ahead[i] ? weight : weight < 0 ? Math.max(weight, -now[slotOf[i]]) : 0;
      if (set != 0) {
        now[slotOf[i]] += set;
        changes += Math.abs(set);
        fail(reason(change, i), rows, i, set);
      }
      if (set != weight) {
        weights[count] = weight - set;
        through[count++] = i;
      }
    }
    keep(slots, before, now);
    count(changes);
    return Rows.gather(change, through, count).withWeights(Arrays.copyOf(weights, count));
  }

  private long[] asideOf(KeySlots slots) {
    Probe probe = Probe.of(slots.keysFrom(0), row);
    long[] weights = aside.content().sums(probe).weights();
    long[] of = new long[slots.count()];
    for (int i = 0; i < probe.count(); i++) {
      of[probe.row(i)] = weights[i];
    }
    return of;
  }

  private void keep(KeySlots slots, long[] before, long[] now) {
    long[] weights = new long[before.length];
    Arrays.setAll(weights, slot -> now[slot] - before[slot]);
    int[] changed = IntStream.range(0, weights.length).filter(s -> weights[s] != 0).toArray();
    if (changed.length > 0 && !input().onlyInserts()) {
      Batch rows = Rows.gather(slots.keysFrom(0), changed, changed.length);
      long[] by = Arrays.stream(changed).mapToLong(slot -> weights[slot]).toArray();
      aside.add(Run.of(order, rows.withSchema(order.schema()).withWeights(by)));
    }
  }

  private void count(long changes) {
    if (changes > 0) {
      BatchBuilder counter = new BatchBuilder(COUNT, 1);
      counter.column(0).appendLong(1);
      counter.endRow(changes);
      counted.add(Run.of(COUNT_ORDER, counter.build()));
    }
  }

  /** Says nothing of when the row came, so that its error row is found again. */
  private String reason(Batch change, int i) {
    long time = ((LongVector) change.column(timeColumn)).values()[i];
    return ErrorCode.ROW_AHEAD
        + " The row came too early: its time "
        + Values.text(OnTimeNode.time(time))
        + " was further ahead than the table's watermark allows.";
  }

  @Override
  List<RowOrder> stateOrders() {
    return List.of(order, COUNT_ORDER);
  }

  @Override
  List<RunList> state() {
    return List.of(aside.content(), counted.content());
  }

  @Override
  void restore(List<RunList> state) {
    aside = new Arrangement(state.getFirst());
    counted = new Arrangement(state.getLast());
  }

  @Override
  boolean onlyInserts() {
    return input().onlyInserts();
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new NotAheadNode(otherInputs.getFirst(), timeColumn, limitColumn);
  }

  @Override
  public String operator() {
    return "not ahead";
  }
}
