package dev.freshet.engine.aggregate;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Layout;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Arrangement;
import dev.freshet.engine.arrangement.Gather;
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
 * One thread owns it; {@link #content} and {@link #heldGroups} may be called by any.
 */
public final class RecentGroups {
  /** A useful {@link #groupsMax}; a group takes about 100 bytes. */
  public static final int GROUPS_MAX = 1 << 16;

  private static final int BATCHES_MAX = 512;

  private final int groupsMax;
  private final AggregateLayout layout;
  private final RowOrder order;
  private final Schema keySchema;
  private final int[] keyColumns;
  private volatile Arrangement state;

  private final List<Batch> batches = new ArrayList<>();
  private int[] table = new int[64];
  private int capacity;
  private long[] hashes = {};
  private int[] sources = {};
  private int[] rows = {};
  private final boolean isLongKey;
  private long[] longKeys = {};
  private boolean[] inState = {};
  private boolean[] isHeld = {};
  private int[] held = {};
  private long[] weights = {};
  private long[] heldWeights = {};
  private SumColumns sums;
  private SumColumns heldSums;
  private int count;
  private volatile int heldCount;

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
    this.isLongKey =
        keyColumns.length > 0
            && keySchema.columns().stream().allMatch(c -> c.type().layout() == Layout.LONG);
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
    if (count + keyCount > groupsMax && count > 0) {
      makeRoom(keys, keyHashes);
    }
    int[] slots = new int[keyCount];
    int[] missing = new int[keyCount];
    int missingCount = 0;
    ensure(count + keyCount);
    int source = batches.size();
    int before = count;
    batches.add(keys);
    for (int i = 0; i < keyCount; i++) {
      int place = place(keys, i, keyHashes[i]);
      int slot = table[place] - 1;
      if (slot < 0) {
        slot = add(keys, source, i, keyHashes[i]);
        table[place] = slot + 1;
        if (!isNew(keys, i)) {
          missing[missingCount++] = i;
        }
      }
      slots[i] = slot;
    }
    if (count == before) {
      batches.removeLast();
    }
    if (missingCount > 0) {
      lookUp(keys, missing, missingCount, slots);
    }
    if (batches.size() > BATCHES_MAX) {
      compact();
    }
    return slots;
  }

  private int place(Batch keys, int row, long hash) {
    int mask = table.length - 1;
    int place = (int) hash & mask;
    for (int slot = table[place] - 1; slot >= 0; slot = table[place] - 1) {
      if (hashes[slot] == hash && isAt(slot, keys, row)) {
        return place;
      }
      place = place + 1 & mask;
    }
    return place;
  }

  private boolean isAt(int slot, Batch keys, int row) {
    boolean mayBeNull = !isLongKey;
    for (int c = 0; isLongKey && c < keyColumns.length; c++) {
      LongVector column = (LongVector) keys.column(c);
      long known = longKeys[slot * keyColumns.length + c];
      boolean nulls = column.mayHaveNulls();
      if (!nulls && column.values()[row] != known) {
        return false;
      }
      mayBeNull |= nulls || known == 0;
    }
    return !mayBeNull
        || Rows.equal(keys, row, keyColumns, batches.get(sources[slot]), rows[slot], keyColumns);
  }

  private int add(Batch keys, int source, int row, long hash) {
    int slot = count++;
    if (isLongKey) {
      for (int c = 0; c < keyColumns.length; c++) {
        Vector column = keys.column(c);
        longKeys[slot * keyColumns.length + c] =
            column.isNull(row) ? 0 : ((LongVector) column).values()[row];
      }
    }
    hashes[slot] = hash;
    sources[slot] = source;
    rows[slot] = row;
    return slot;
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
        Arrays.copyOf(keys(held, size).columns(), keyColumns.length + layout.sumColumnCount());
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
   */
  @SuppressWarnings("ArrayRecordComponent") // columnar data is arrays, read-only by contract
  public record Taken(Batch keys, KeySums sums, int[] slots) {}

  /** Takes out the groups whose time in a key column closes at a moment or before. */
  public Taken take(Closing closing, long upTo) {
    return isComplete ? takeHere(closing, upTo) : takeFromState(closing, upTo);
  }

  private Taken takeHere(Closing closing, long upTo) {
    boolean[] closed = closed(keys(all(), count), closing, upTo);
    int[] slots = new int[count];
    int size = 0;
    boolean isKnown = false;
    for (int slot = 0; slot < count; slot++) {
      if (closed[slot]) {
        slots[size++] = slot;
        isKnown |= inState[slot];
      }
    }
    Taken taken = new Taken(keys(slots, size), sums(), Arrays.copyOf(slots, size));
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
    content.scan(batch -> {
      Batch keys = batch.select(keyColumns).withSchema(keySchema);
      boolean[] closed = closed(keys, closing, upTo);
      closedKeys.add(where(keys, closed, true));
      openKeys.add(where(keys, closed, false));
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
    return new Taken(inOrder, known, slots);
  }

  /** The moment at which the first of the groups closes, or before it. */
  public long firstMoment(Closing closing) {
    if (!isComplete) {
      return Long.MIN_VALUE;
    }
    LongVector column = (LongVector) keys(all(), count).column(closing.column());
    long first = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      if (!column.isNull(i)) {
        first = Math.min(first, closing.moment(column.values()[i]));
      }
    }
    return first;
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
        Arrays.copyOf(keys(slots, size).columns(), keyColumns.length + layout.sumColumnCount());
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
    boolean[] dropped = new boolean[count];
    Arrays.fill(dropped, true);
    if (keys.rowCount() <= groupsMax / 2) {
      for (int i = 0; i < keys.rowCount(); i++) {
        int slot = table[place(keys, i, keyHashes[i])] - 1;
        if (slot >= 0) {
          dropped[slot] = false;
        }
      }
    }
    keep(dropped);
  }

  private void keep(boolean[] dropped) {
    int[] kept = new int[count];
    int size = 0;
    for (int slot = 0; slot < count; slot++) {
      if (!dropped[slot]) {
        kept[size++] = slot;
      }
    }
    Batch keys = keys(kept, size);
    RecentGroups old = shallowCopy();
    clear();
    ensure(size);
    batches.add(keys);
    int stillHeld = 0;
    for (int slot = 0; slot < size; slot++) {
      int from = kept[slot];
      table[place(keys, slot, old.hashes[from])] = add(keys, 0, slot, old.hashes[from]) + 1;
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
    copy.hashes = hashes;
    copy.weights = weights;
    copy.heldWeights = heldWeights;
    copy.inState = inState;
    copy.isHeld = isHeld;
    copy.sums = sums;
    copy.heldSums = heldSums;
    return copy;
  }

  private Batch keys(int[] slots, int size) {
    int[] from = new int[size];
    int[] at = new int[size];
    for (int i = 0; i < size; i++) {
      from[i] = sources[slots[i]];
      at[i] = rows[slots[i]];
    }
    return Gather.rows(keySchema, batches.toArray(Batch[]::new), from, at, new long[size], size);
  }

  /** Puts the keys into one batch. */
  private void compact() {
    int[] all = all();
    Batch keys = keys(all, count);
    batches.clear();
    batches.add(keys);
    System.arraycopy(all, 0, rows, 0, count);
    Arrays.fill(sources, 0, count, 0);
  }

  private int[] all() {
    int[] all = new int[count];
    Arrays.setAll(all, slot -> slot);
    return all;
  }

  private void clear() {
    batches.clear();
    table = new int[64];
    capacity = 0;
    hashes = new long[0];
    sources = new int[0];
    rows = new int[0];
    longKeys = new long[0];
    inState = new boolean[0];
    isHeld = new boolean[0];
    held = new int[0];
    weights = new long[0];
    heldWeights = new long[0];
    sums = layout.newSums(0);
    heldSums = layout.newSums(0);
    count = 0;
    heldCount = 0;
  }

  private void ensure(int wanted) {
    if (wanted <= capacity) {
      return;
    }
    capacity = Math.max(wanted, Math.max(16, capacity * 2));
    hashes = Arrays.copyOf(hashes, capacity);
    sources = Arrays.copyOf(sources, capacity);
    rows = Arrays.copyOf(rows, capacity);
    if (isLongKey) {
      longKeys = Arrays.copyOf(longKeys, capacity * keyColumns.length);
    }
    inState = Arrays.copyOf(inState, capacity);
    isHeld = Arrays.copyOf(isHeld, capacity);
    held = Arrays.copyOf(held, capacity);
    weights = Arrays.copyOf(weights, capacity);
    heldWeights = Arrays.copyOf(heldWeights, capacity);
    sums = sums.grown(capacity);
    heldSums = heldSums.grown(capacity);
    int size = Integer.highestOneBit(Math.max(16, capacity)) * 4;
    if (size > table.length) {
      table = new int[size];
      int mask = size - 1;
      for (int slot = 0; slot < count; slot++) {
        int place = (int) hashes[slot] & mask;
        while (table[place] != 0) {
          place = place + 1 & mask;
        }
        table[place] = slot + 1;
      }
    }
  }
}
