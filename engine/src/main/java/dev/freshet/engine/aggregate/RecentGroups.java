package dev.freshet.engine.aggregate;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Arrangement;
import dev.freshet.engine.arrangement.KeySums;
import dev.freshet.engine.arrangement.Probe;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.arrangement.SumColumns;
import dev.freshet.sql.plan.Plan.Closing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What groups add up to: a hash table of those that changed lately, in front of an arrangement of
 * all. A group that changes in step after step is found by one look and is written to the
 * arrangement once, when that is asked for or the table is full.
 *
 * <pre>
 *   slot | key | sums, weight        of the group as of now
 *        |     | held sums, weight   what of that the arrangement does not have yet
 * </pre>
 *
 * One thread owns it; {@link #content}, {@link #heldGroups} and {@link #tableBytes} may be called
 * by any.
 */
public final class RecentGroups {
  /** A useful {@link #groupsMax}; a group takes about 100 bytes. */
  public static final int GROUPS_MAX = 1 << 17;

  private final int groupsMax;
  private final AggregateLayout layout;
  private final RowOrder order;
  private final Schema keySchema;
  private final int[] keyColumns;
  private volatile Arrangement state;

  private KeyTable table;
  private int capacity;
  private boolean[] inState = {};
  private boolean[] isHeld = {};
  private int[] held = {};
  private long[] weights = {};
  private long[] heldWeights = {};
  private SumColumns sums;
  private SumColumns heldSums;
  private volatile int heldCount;
  private volatile long tableBytes;

  /** Whether all groups are in the table. */
  private boolean isComplete = true;

  /** By key column, if it is a time: the greatest that the arrangement has ever been given. */
  private final long[] lastTimes;

  /**
   * @param groupsMax so many groups are kept in the table, and those of one step
   */
  public RecentGroups(AggregateLayout layout, Schema keySchema, int groupsMax) {
    this.groupsMax = groupsMax;
    this.layout = layout;
    this.order = layout.stateOrder();
    this.keySchema = keySchema;
    this.keyColumns = new int[keySchema.columnCount()];
    Arrays.setAll(keyColumns, c -> c);
    this.table = new KeyTable(keySchema);
    this.lastTimes = new long[keyColumns.length];
    Arrays.fill(lastTimes, Long.MIN_VALUE);
    this.state = new Arrangement(order);
    this.sums = layout.newSums(0);
    this.heldSums = layout.newSums(0);
  }

  /** The arrangement's content; less than all unless {@link #settle} was called after the step. */
  public RunList content() {
    return state.content();
  }

  /** Takes the content of all groups. */
  public void restore(RunList content) {
    clear();
    state = new Arrangement(content);
    isComplete = content.storedRows() == 0;
    content.stored(batch -> {
      follow(batch.columns(), batch.rowCount());
      return true;
    });
  }

  /** Groups of later times than the arrangement has seen need not be looked for there. */
  private void follow(Vector[] columns, int rowCount) {
    for (int c = 0; c < lastTimes.length; c++) {
      if (isTime(c)) {
        long[] times = ((LongVector) columns[c]).values();
        for (int i = 0; i < rowCount; i++) {
          lastTimes[c] = Math.max(lastTimes[c], times[i]);
        }
      }
    }
  }

  private boolean isTime(int column) {
    DataType type = keySchema.type(column);
    return type == Simple.TIMESTAMP || type == Simple.TIMESTAMP_LTZ;
  }

  private boolean isNew(Batch keys, int row) {
    for (int c = 0; c < lastTimes.length; c++) {
      if (isTime(c)
          && !keys.column(c).isNull(row)
          && ((LongVector) keys.column(c)).values()[row] > lastTimes[c]) {
        return true;
      }
    }
    return false;
  }

  /** How many groups have changes that the arrangement does not have yet. */
  public int heldGroups() {
    return heldCount;
  }

  /** About how much memory the table takes, the arrangement left out. */
  public long tableBytes() {
    return tableBytes;
  }

  /** Gives the table's memory back. Between two steps: the next one looks its groups up again. */
  public void releaseTable() {
    settle();
    clear();
    isComplete = state.content().storedRows() == 0;
  }

  private void measure() {
    int perSlot = 2 * Long.BYTES + Integer.BYTES + 2;
    tableBytes = table.bytes() + (long) perSlot * capacity + sums.bytes() + heldSums.bytes();
  }

  /** The sums of all slots; valid until groups are looked for again. */
  public KeySums sums() {
    return new KeySums(weights, sums);
  }

  /**
   * The slot of each group; one that was not there comes with what the arrangement knows of it.
   *
   * @param keys each group's key once
   * @param keyHashes of the keys
   */
  public int[] slots(Batch keys, long[] keyHashes) {
    int keyCount = keys.rowCount();
    if (table.count() + keyCount > groupsMax && table.count() > 0) {
      makeRoom(keys, keyHashes);
    }
    int before = table.count();
    int[] slots = table.slots(keys, keyHashes);
    ensure(table.count());
    int[] missing = new int[keyCount];
    int missingCount = 0;
    for (int i = 0; i < keyCount; i++) {
      missing[missingCount] = i;
      missingCount += slots[i] >= before && !isNew(keys, i) ? 1 : 0;
    }
    if (missingCount > 0) {
      lookUp(keys, missing, missingCount, slots);
    }
    measure();
    return slots;
  }

  private void lookUp(Batch keys, int[] missing, int missingCount, int[] slots) {
    RunList content = state.content();
    if (content.storedRows() == 0) {
      return;
    }
    Batch wanted =
        missingCount == keys.rowCount() ? keys : Rows.gather(keys, missing, missingCount);
    Probe probe = Probe.of(wanted, keyColumns);
    KeySums found = content.sums(probe);
    int[] targets = new int[missingCount];
    for (int i = 0; i < missingCount; i++) {
      targets[i] = slots[missing[probe.row(i)]];
      weights[targets[i]] = found.weights()[i];
      inState[targets[i]] = true;
    }
    sums.addEach(found.sums(), targets);
  }

  /** Adds to groups by slot: what {@code added} has at i goes to {@code slots[i]}. */
  public void add(int[] slots, SumColumns added, long[] addedWeights) {
    sums.addEach(added, slots);
    heldSums.addEach(added, slots);
    int size = heldCount;
    for (int i = 0; i < slots.length; i++) {
      int slot = slots[i];
      weights[slot] += addedWeights[i];
      heldWeights[slot] += addedWeights[i];
      if (!isHeld[slot]) {
        isHeld[slot] = true;
        held[size++] = slot;
      }
    }
    heldCount = size;
  }

  /** Writes to the arrangement what it does not have yet. */
  public void settle() {
    int size = heldCount;
    if (size == 0) {
      return;
    }
    Vector[] columns =
        Arrays.copyOf(
            table.keys(held, size).columns(), keyColumns.length + layout.sumColumnCount());
    for (int c = 0; c < layout.sumColumnCount(); c++) {
      columns[keyColumns.length + c] = heldSums.column(c, held, size);
    }
    long[] change = new long[size];
    for (int i = 0; i < size; i++) {
      int slot = held[i];
      change[i] = heldWeights[slot];
      heldWeights[slot] = 0;
      isHeld[slot] = false;
      inState[slot] = true;
    }
    heldSums.clear(held, size);
    heldCount = 0;
    follow(columns, size);
    state.add(Run.of(order, new Batch(order.schema(), columns, change, size)));
  }

  /**
   * Groups that were taken out.
   *
   * @param slots of each key, where its sums stand
   * @param nextMoment at which the first of the groups that stay closes; the greatest number for
   *     never
   */
  @SuppressWarnings("ArrayRecordComponent") // columnar data is arrays, read-only by contract
  public record Taken(Batch keys, KeySums sums, int[] slots, long nextMoment) {}

  /** Takes out the groups whose time in a key column closes at a moment or before. */
  public Taken take(Closing closing, long upTo) {
    return isComplete ? takeHere(closing, upTo) : takeFromState(closing, upTo);
  }

  private Taken takeHere(Closing closing, long upTo) {
    boolean[] closed = closed(table.keys(), closing, upTo);
    int count = table.count();
    int[] slots = new int[count];
    int size = 0;
    boolean isKnown = false;
    for (int slot = 0; slot < count; slot++) {
      if (closed[slot]) {
        slots[size++] = slot;
        isKnown |= inState[slot];
      }
    }
    Taken taken =
        new Taken(
            table.keys(slots, size),
            sums(),
            Arrays.copyOf(slots, size),
            nextMoment(table.keys(), closed, closing));
    if (isKnown) {
      settle();
      state.add(Run.of(order, negated(slots, size)));
    }
    if (size > 0) {
      keep(closed);
    }
    return taken;
  }

  private Taken takeFromState(Closing closing, long upTo) {
    settle();
    clear();
    RunList content = state.content();
    List<Batch> closedKeys = new ArrayList<>();
    List<Batch> openKeys = new ArrayList<>();
    long[] nextMoment = {Long.MAX_VALUE};
    content.scan(batch -> {
      Batch keys = batch.select(keyColumns).withSchema(keySchema);
      boolean[] closed = closed(keys, closing, upTo);
      closedKeys.add(where(keys, closed, true));
      openKeys.add(where(keys, closed, false));
      nextMoment[0] = Math.min(nextMoment[0], nextMoment(keys, closed, closing));
      return true;
    });
    Batch keys = closedKeys.isEmpty() ? Batch.empty(keySchema) : Rows.concat(keySchema, closedKeys);
    Probe probe = Probe.of(keys, keyColumns);
    KeySums known = content.sums(probe);
    if (!keys.isEmpty()) {
      state.add(Run.of(order, negated(probe, known)));
    }
    Batch open = openKeys.isEmpty() ? Batch.empty(keySchema) : Rows.concat(keySchema, openKeys);
    if (open.rowCount() <= groupsMax / 2) {
      slots(open, Hashing.hashRows(open, keyColumns));
      isComplete = true;
    }
    int[] slots = new int[probe.count()];
    Arrays.setAll(slots, i -> i);
    Batch inOrder = Rows.gather(keys, probe.rows(), slots.length);
    return new Taken(inOrder, known, slots, nextMoment[0]);
  }

  /** The moment at which the first of the groups closes that are not closed. */
  private static long nextMoment(Batch keys, boolean[] closed, Closing closing) {
    LongVector column = (LongVector) keys.column(closing.column());
    long next = Long.MAX_VALUE;
    for (int i = 0; i < keys.rowCount(); i++) {
      if (!closed[i] && !column.isNull(i)) {
        next = Math.min(next, closing.moment(column.values()[i]));
      }
    }
    return next;
  }

  private static Batch where(Batch keys, boolean[] marks, boolean wanted) {
    int[] kept = new int[marks.length];
    int size = 0;
    for (int i = 0; i < marks.length; i++) {
      if (marks[i] == wanted) {
        kept[size++] = i;
      }
    }
    return Rows.gather(keys, kept, size);
  }

  private static boolean[] closed(Batch keys, Closing closing, long upTo) {
    LongVector column = (LongVector) keys.column(closing.column());
    boolean[] closed = new boolean[keys.rowCount()];
    for (int i = 0; i < closed.length; i++) {
      closed[i] = !column.isNull(i) && closing.moment(column.values()[i]) <= upTo;
    }
    return closed;
  }

  private Batch negated(int[] slots, int size) {
    Vector[] columns =
        Arrays.copyOf(
            table.keys(slots, size).columns(), keyColumns.length + layout.sumColumnCount());
    Vector[] negated = new Vector[layout.sumColumnCount()];
    Arrays.setAll(negated, sums::negated);
    long[] change = new long[size];
    for (int c = 0; c < negated.length; c++) {
      columns[keyColumns.length + c] = Rows.gather(negated[c], slots, size);
    }
    for (int i = 0; i < size; i++) {
      change[i] = -weights[slots[i]];
    }
    return new Batch(order.schema(), columns, change, size);
  }

  private Batch negated(Probe probe, KeySums known) {
    int size = probe.count();
    long[] change = new long[size];
    for (int i = 0; i < size; i++) {
      change[i] = -known.weights()[i];
    }
    Vector[] columns = new Vector[keyColumns.length + layout.sumColumnCount()];
    for (int c = 0; c < keyColumns.length; c++) {
      columns[c] = Rows.gather(probe.batch().column(c), probe.rows(), size);
    }
    for (int c = 0; c < layout.sumColumnCount(); c++) {
      columns[keyColumns.length + c] = known.sums().negated(c);
    }
    return new Batch(order.schema(), columns, change, size);
  }

  /** Leaves only those of the groups that are wanted now, or none when these are too many. */
  private void makeRoom(Batch keys, long[] keyHashes) {
    settle();
    isComplete = false;
    boolean[] dropped = new boolean[table.count()];
    Arrays.fill(dropped, true);
    if (keys.rowCount() <= groupsMax / 4 * 3) {
      for (int i = 0; i < keys.rowCount(); i++) {
        int slot = table.find(keys, i, keyHashes[i]);
        if (slot >= 0) {
          dropped[slot] = false;
        }
      }
    }
    keep(dropped);
  }

  private void keep(boolean[] dropped) {
    int[] kept = new int[dropped.length];
    int size = 0;
    for (int slot = 0; slot < dropped.length; slot++) {
      kept[size] = slot;
      size += dropped[slot] ? 0 : 1;
    }
    RecentGroups old = shallowCopy();
    long[] keptHashes = new long[size];
    for (int i = 0; i < size; i++) {
      keptHashes[i] = table.hash(kept[i]);
    }
    Batch keys = table.keys(kept, size);
    clear();
    table.slots(keys, keptHashes);
    ensure(size);
    int stillHeld = 0;
    for (int slot = 0; slot < size; slot++) {
      int from = kept[slot];
      weights[slot] = old.weights[from];
      heldWeights[slot] = old.heldWeights[from];
      inState[slot] = old.inState[from];
      isHeld[slot] = old.isHeld[from];
      if (isHeld[slot]) {
        held[stillHeld++] = slot;
      }
    }
    heldCount = stillHeld;
    sums.take(old.sums, kept, size);
    heldSums.take(old.heldSums, kept, size);
  }

  private RecentGroups shallowCopy() {
    RecentGroups copy = new RecentGroups(layout, keySchema, groupsMax);
    copy.weights = weights;
    copy.heldWeights = heldWeights;
    copy.inState = inState;
    copy.isHeld = isHeld;
    copy.sums = sums;
    copy.heldSums = heldSums;
    return copy;
  }

  private void clear() {
    table = new KeyTable(keySchema);
    capacity = 0;
    inState = new boolean[0];
    isHeld = new boolean[0];
    held = new int[0];
    weights = new long[0];
    heldWeights = new long[0];
    sums = layout.newSums(0);
    heldSums = layout.newSums(0);
    heldCount = 0;
    measure();
  }

  private void ensure(int wanted) {
    if (wanted <= capacity) {
      return;
    }
    capacity = Math.max(wanted, Math.max(16, capacity * 2));
    inState = Arrays.copyOf(inState, capacity);
    isHeld = Arrays.copyOf(isHeld, capacity);
    held = Arrays.copyOf(held, capacity);
    weights = Arrays.copyOf(weights, capacity);
    heldWeights = Arrays.copyOf(heldWeights, capacity);
    sums = sums.grown(capacity);
    heldSums = heldSums.grown(capacity);
  }
}
