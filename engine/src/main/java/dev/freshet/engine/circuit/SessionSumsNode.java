package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.error.Check;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.aggregate.AggregateLayout;
import dev.freshet.engine.aggregate.CallResult;
import dev.freshet.engine.arrangement.Arrangement;
import dev.freshet.engine.arrangement.Gather;
import dev.freshet.engine.arrangement.GroupReader;
import dev.freshet.engine.arrangement.KeyGroups;
import dev.freshet.engine.arrangement.KeyRange;
import dev.freshet.engine.arrangement.KeySums;
import dev.freshet.engine.arrangement.Probe;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.arrangement.SumColumns;
import dev.freshet.engine.time.TableTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * GROUP BY session over rows that are only inserted: keeps what each session adds up to, and no
 * rows. A step's rows become sessions of their own first; then each of these joins the kept ones
 * that it is near to.
 *
 * <pre>
 *   kept      |---|     |--|          |---|
 *   step           |-|                        |-|
 *   then      |------|  |--|          |---|   |-|        near: at most the gap apart
 *
 *   state row:  partition | last time | first time | sums     weight: how many rows it has
 * </pre>
 */
final class SessionSumsNode extends Node {
  private final SessionSums plan;
  private final Optional<WatermarkNode> clock;
  private final AggregateLayout layout;
  private final RowOrder rowOrder;
  private final RowOrder order;
  private final int lastColumn;
  private final long gap;
  private final Optional<SessionEnds> ends;
  private Arrangement sessions;
  private long closedUpTo = TableTime.NONE;

  /**
   * @param clock by which sessions come out once; without it they come out as they are
   */
  SessionSumsNode(Node input, SessionSums plan, Optional<WatermarkNode> clock, Schema schema) {
    super(
        "session sums "
            + plan.sessions().partitionColumns()
            + " $"
            + plan.sessions().timeColumn()
            + " "
            + plan.sessions().gap()
            + " by "
            + plan.group()
            + " "
            + plan.calls()
            + plan.expired().map(closing -> " final " + ClosingQueue.label(closing, 0)).orElse(""),
        schema,
        clock.isPresent() ? List.of(input, clock.get()) : List.of(input));
    this.plan = plan;
    this.clock = clock;
    this.gap = plan.sessions().gap();
    this.rowOrder = SessionsNode.order(input.schema(), plan.sessions());
    List<Integer> key = new ArrayList<>(plan.sessions().partitionColumns());
    this.lastColumn = key.size();
    key.add(plan.sessions().timeColumn());
    key.add(plan.sessions().timeColumn());
    this.layout = new AggregateLayout(input.schema(), key, plan.calls());
    this.order =
        RowOrder.sorted(
            layout.stateOrder().schema(),
            Schemas.range(lastColumn),
            new int[] {lastColumn, lastColumn + 1},
            new boolean[2],
            new boolean[2]);
    this.ends =
        clock.map(_ ->
            new SessionEnds(
                order.schema(),
                lastColumn,
                gap,
                plan.expired().orElseThrow(),
                SessionEnds.BYTES_MAX));
    this.sessions = new Arrangement(order);
  }

  @Override
  Batch evaluate() {
    Batch change = input().output();
    Batch joined = change.isEmpty() ? nothing() : join(Run.of(rowOrder, change, workers()));
    if (clock.isEmpty() || ends.isEmpty()) {
      return joined;
    }
    closedUpTo = Math.max(closedUpTo, clock.get().watermark());
    return ends.get().mayClose(closedUpTo) ? closed(ends.get()) : nothing();
  }

  /** Sessions, and what they add up to. */
  @SuppressWarnings("ArrayRecordComponent") // local to this class
  private record Sums(long[] first, long[] last, long[] weights, SumColumns sums) {
    Sums(int count, AggregateLayout layout) {
      this(new long[count], new long[count], new long[count], layout.newSums(count));
    }
  }

  private Batch join(Run rows) {
    int[] key = rowOrder.key();
    Probe partitions = Probe.of(rows, key).distinct();
    int[] offsets = new int[partitions.count() + 1];
    Sums added = sessionsOf(rows.rows(), partitions, offsets);
    KeyGroups kept = near(partitions, added, offsets);
    Batch keptRows = kept.rows();
    Sums old = read(keptRows);

    int[] nowOfAdded = new int[offsets[partitions.count()]];
    int[] nowOfKept = new int[keptRows.rowCount()];
    int most = nowOfAdded.length + nowOfKept.length;
    Sums now = new Sums(most, layout);
    int[] partitionRows = new int[most];
    int count = 0;
    for (int p = 0; p < partitions.count(); p++) {
      int a = offsets[p];
      int k = kept.offsets()[p];
      int begin = count;
      while (a < offsets[p + 1] || k < kept.offsets()[p + 1]) {
        boolean isKept =
            a == offsets[p + 1] || (k < kept.offsets()[p + 1] && old.first[k] <= added.first[a]);
        Sums from = isKept ? old : added;
        int at = isKept ? k : a;
        if (count == begin || !near(now.last[count - 1], from.first[at])) {
          now.first[count] = from.first[at];
          now.last[count] = from.last[at];
          partitionRows[count++] = partitions.row(p);
        }
        int into = count - 1;
        now.last[into] = Math.max(now.last[into], from.last[at]);
        now.weights[into] += from.weights[at];
        if (isKept) {
          nowOfKept[k++] = into;
        } else {
          nowOfAdded[a++] = into;
        }
      }
    }
    now.sums.addEach(added.sums, nowOfAdded);
    now.sums.addEach(old.sums, nowOfKept);
    boolean[] changed = new boolean[count];
    for (int session : nowOfAdded) {
      changed[session] = true;
    }
    Batch nowRows = rows(now, rows.rows(), partitionRows, count);
    return replace(keptRows, old, nowOfKept, nowRows, now, changed);
  }

  /** The sessions that a step's rows are by themselves; {@code offsets} says which by partition. */
  private Sums sessionsOf(Batch rows, Probe partitions, int[] offsets) {
    long[] times = ((LongVector) rows.column(plan.sessions().timeColumn())).values();
    int[] sessionOf = new int[rows.rowCount()];
    int count = 0;
    for (int p = 0; p < partitions.count(); p++) {
      int from = partitions.row(p);
      int to = p + 1 < partitions.count() ? partitions.row(p + 1) : rows.rowCount();
      for (int row = from; row < to; row++) {
        count += row == from || !near(times[row - 1], times[row]) ? 1 : 0;
        sessionOf[row] = count - 1;
      }
      offsets[p + 1] = count;
    }
    Sums sums = new Sums(count, layout);
    for (int row = rows.rowCount() - 1; row >= 0; row--) {
      sums.first[sessionOf[row]] = times[row];
    }
    for (int row = 0; row < rows.rowCount(); row++) {
      sums.last[sessionOf[row]] = times[row];
      sums.weights[sessionOf[row]] += rows.weight(row);
    }
    layout.addRows(sums.sums, rows, sessionOf);
    return sums;
  }

  /** Of each partition the kept sessions that end near its first new one or later, in order. */
  private KeyGroups near(Probe partitions, Sums added, int[] offsets) {
    int count = partitions.count();
    long[] least = new long[count];
    int[] positions = new int[count];
    for (int p = 0; p < count; p++) {
      long first = added.first[offsets[p]];
      least[p] = first - gap > first ? Long.MIN_VALUE : first - gap;
      positions[p] = p;
    }
    KeyRange.Bound from =
        new KeyRange.Bound(
            new LongVector(least, Vector.NO_NULLS, count), positions, KeyRange.Side.BEFORE_EQUAL);
    KeyRange range = new KeyRange(lastColumn, false, Optional.of(from), Optional.empty());
    return sessions
        .content()
        .groups(partitions, range, Long.MAX_VALUE, GroupReader.From.FIRST, workers());
  }

  /** Whether b is at most the gap after a; the difference of any two longs fits unsigned. */
  private boolean near(long a, long b) {
    return b <= a || Long.compareUnsigned(b - a, gap) <= 0;
  }

  private Sums read(Batch kept) {
    int count = kept.rowCount();
    SumColumns sums = layout.newSums(count);
    layout.addParts(sums, kept, Schemas.range(count));
    return new Sums(
        ((LongVector) kept.column(lastColumn + 1)).values(),
        ((LongVector) kept.column(lastColumn)).values(),
        Arrays.copyOf(kept.weights(), count),
        sums);
  }

  /** The state rows of sessions. */
  private Batch rows(Sums of, Batch partitions, int[] partitionRows, int count) {
    Vector[] columns = new Vector[order.schema().columnCount()];
    int[] all = Schemas.range(count);
    for (int c = 0; c < lastColumn; c++) {
      columns[c] = Rows.gather(partitions.column(rowOrder.key()[c]), partitionRows, count);
    }
    columns[lastColumn] = new LongVector(Arrays.copyOf(of.last, count), Vector.NO_NULLS, count);
    columns[lastColumn + 1] =
        new LongVector(Arrays.copyOf(of.first, count), Vector.NO_NULLS, count);
    for (int c = 0; c < layout.sumColumnCount(); c++) {
      columns[lastColumn + 2 + c] = of.sums.column(c, all, count);
    }
    return new Batch(order.schema(), columns, Arrays.copyOf(of.weights, count), count);
  }

  private Batch replace(
      Batch keptRows, Sums old, int[] nowOfKept, Batch nowRows, Sums now, boolean[] changed) {
    int most = nowOfKept.length + changed.length;
    int[] sources = new int[most];
    int[] rows = new int[most];
    long[] signs = new long[most];
    int size = 0;
    for (int k = 0; k < nowOfKept.length; k++) {
      if (changed[nowOfKept[k]]) {
        rows[size] = k;
        signs[size++] = -1;
      }
    }
    for (int n = 0; n < changed.length; n++) {
      if (changed[n]) {
        sources[size] = 1;
        rows[size] = n;
        signs[size++] = 1;
      }
    }
    Batch[] both = {keptRows.negated(), nowRows};
    long[] weights = new long[size];
    for (int i = 0; i < size; i++) {
      weights[i] = both[sources[i]].weight(rows[i]);
    }
    sessions.add(Run.of(order, Gather.rows(order.schema(), both, sources, rows, weights, size)));
    ends.ifPresent(of -> enter(of, nowRows, nowOfKept));
    boolean isFinal = clock.isPresent();
    Answers before = answers(keptRows, old, isFinal);
    Answers after = answers(nowRows, now, isFinal);
    int shown = 0;
    for (int i = 0; i < size; i++) {
      Answers from = sources[i] == 0 ? before : after;
      String error = from.errors[rows[i]];
      if (!error.isEmpty()) {
        fail(error, groups(from.rows), rows[i], signs[i]);
        continue;
      }
      sources[shown] = sources[i];
      rows[shown] = rows[i];
      signs[shown++] = signs[i];
    }
    Batch[] answers = {before.rows, after.rows};
    return isFinal || shown == 0
        ? nothing()
        : Gather.rows(schema(), answers, sources, rows, Arrays.copyOf(signs, shown), shown);
  }

  /** Enters the sessions that no kept one is part of: those have an entry. */
  private void enter(SessionEnds of, Batch nowRows, int[] nowOfKept) {
    boolean[] isKept = new boolean[nowRows.rowCount()];
    for (int session : nowOfKept) {
      isKept[session] = true;
    }
    int[] rows = new int[isKept.length];
    int count = 0;
    for (int n = 0; n < isKept.length; n++) {
      rows[count] = n;
      count += isKept[n] ? 0 : 1;
    }
    of.add(Rows.gather(nowRows, rows, count));
  }

  /** What sessions put out. */
  @SuppressWarnings("ArrayRecordComponent") // local to this class
  private record Answers(Batch rows, String[] errors) {}

  /**
   * @param whileOpen only the ends are looked at: other errors are those of the answer at the end
   */
  private Answers answers(Batch stateRows, Sums sums, boolean whileOpen) {
    int count = stateRows.rowCount();
    String[] errors = new String[count];
    Arrays.fill(errors, "");
    long[] ends = new long[count];
    for (int i = 0; i < count; i++) {
      ends[i] = sums.last[i] + gap;
      if (ends[i] < sums.last[i]) {
        errors[i] = "Cannot evaluate SESSION: the end of the row's session is out of range.";
      }
    }
    Vector[] columns = new Vector[schema().columnCount()];
    int start = plan.sessions().schema().columnCount() - 2;
    for (int g = 0; g < plan.group().size(); g++) {
      int column = plan.group().get(g);
      columns[g] =
          column == start
              ? stateRows.column(lastColumn + 1)
              : column > start
                  ? new LongVector(ends, Vector.NO_NULLS, count)
                  : stateRows.column(plan.sessions().partitionColumns().indexOf(column));
    }
    KeySums totals = new KeySums(sums.weights, sums.sums);
    for (int c = 0; c < plan.calls().size(); c++) {
      CallResult result = layout.results().get(c);
      VectorBuilder builder = new VectorBuilder(result.call().type().layout(), count);
      for (int i = 0; i < count; i++) {
        String error = result.append(builder, totals, i);
        errors[i] = errors[i].isEmpty() && !whileOpen ? error : errors[i];
      }
      columns[plan.group().size() + c] = builder.build();
    }
    long[] ones = new long[count];
    Arrays.fill(ones, 1);
    return new Answers(new Batch(schema(), columns, ones, count), errors);
  }

  private Batch groups(Batch answers) {
    return answers.select(Schemas.range(plan.group().size()));
  }

  /** Takes out the sessions that the watermark has closed. */
  private Batch closed(SessionEnds of) {
    Batch closed = of.needsSearch(closedUpTo) ? searched(of) : due(of);
    if (closed.isEmpty()) {
      return nothing();
    }
    Sums sums = read(closed);
    sessions.add(Run.of(order, closed.negated()));
    Answers answers = answers(closed, sums, false);
    int[] rows = new int[closed.rowCount()];
    int count = 0;
    for (int i = 0; i < rows.length; i++) {
      if (answers.errors[i].isEmpty()) {
        rows[count++] = i;
      } else {
        fail(answers.errors[i], groups(answers.rows), i, 1);
      }
    }
    return Rows.gather(answers.rows, rows, count);
  }

  /** The closed ones of the sessions whose entries are due; the others are entered again. */
  private Batch due(SessionEnds of) {
    Run entries = of.take(closedUpTo);
    if (entries.isEmpty()) {
      return Batch.empty(order.schema());
    }
    int[] positions = Schemas.range(entries.rowCount());
    KeyRange.Bound from =
        new KeyRange.Bound(
            entries.rows().column(lastColumn), positions, KeyRange.Side.BEFORE_EQUAL);
    KeyRange range = new KeyRange(lastColumn, false, Optional.of(from), Optional.empty());
    Batch found =
        sessions
            .content()
            .groups(
                Probe.of(entries, Schemas.range(lastColumn)),
                range,
                1,
                GroupReader.From.FIRST,
                workers())
            .rows();
    Check.that(
        found.rowCount() == positions.length,
        "an entry is in a session",
        found.rowCount(),
        positions.length);
    return split(of, found);
  }

  /** All of the closed ones; makes the entries of the others. */
  private Batch searched(SessionEnds of) {
    List<Batch> parts = new ArrayList<>();
    of.beginSearch();
    sessions
        .content()
        .scan(batch -> {
          parts.add(split(of, batch));
          return true;
        });
    return Rows.concat(order.schema(), parts);
  }

  /** The closed ones; enters the others. One that stands there again follows itself. */
  private Batch split(SessionEnds of, Batch some) {
    int[] identity = Schemas.range(lastColumn + 1);
    long[] last = ((LongVector) some.column(lastColumn)).values();
    int[] closed = new int[some.rowCount()];
    int[] open = new int[closed.length];
    int closedCount = 0;
    int openCount = 0;
    for (int i = 0; i < closed.length; i++) {
      if (i > 0 && Rows.equal(some, i, identity, some, i - 1, identity)) {
        continue;
      }
      if (of.isClosed(last[i], closedUpTo)) {
        closed[closedCount++] = i;
      } else {
        open[openCount++] = i;
      }
    }
    of.add(Rows.gather(some, open, openCount));
    return Rows.gather(some, closed, closedCount);
  }

  @Override
  long tableBytes() {
    return ends.map(SessionEnds::bytes).orElse(0L);
  }

  @Override
  void releaseTable() {
    ends.ifPresent(SessionEnds::release);
  }

  @Override
  List<RowOrder> stateOrders() {
    return List.of(order);
  }

  @Override
  List<RunList> state() {
    return List.of(sessions.content());
  }

  @Override
  void restore(List<RunList> saved) {
    sessions = new Arrangement(saved.getFirst());
    ends.ifPresent(SessionEnds::forget);
    clock.ifPresent(node -> closedUpTo = Math.max(closedUpTo, node.watermark()));
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new SessionSumsNode(
        otherInputs.getFirst(), plan, clock.map(_ -> (WatermarkNode) otherInputs.get(1)), schema());
  }

  @Override
  public String operator() {
    return "session sums";
  }
}
