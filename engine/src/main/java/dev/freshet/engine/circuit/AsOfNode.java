package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.GroupReader;
import dev.freshet.engine.arrangement.KeyGroups;
import dev.freshet.engine.arrangement.KeyRange;
import dev.freshet.engine.arrangement.KeyRange.Bound;
import dev.freshet.engine.arrangement.KeyRange.Side;
import dev.freshet.engine.arrangement.Probe;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.sql.plan.Plan.AsOfMatch;
import dev.freshet.sql.plan.Plan.JoinKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Each left row with the nearest right row of its key. Both sides are arranged by key and time, in
 * the direction in which a right row comes before the left rows that it can match; the match is the
 * last right row that is not beyond the left one.
 *
 * <pre>
 *   right rows of a key      r1        r2             r3
 *   left rows                    a        b     c        d
 *   match                        r1       r2    r2       r3
 *   r2 changes: only the left rows from it up to the next right row are looked at
 * </pre>
 *
 * <p>A changed left row takes its match after the step; of the left rows before the step those
 * behind a changed right row lose the old match and take the new one.
 */
final class AsOfNode extends Node {
  private final ArrangeNode left;
  private final ArrangeNode right;
  private final Matching matching;

  /** What is matched, and how. */
  record Matching(JoinKind kind, int leftTime, int rightTime, AsOfMatch match) {
    private static boolean descends(AsOfMatch match) {
      return match == AsOfMatch.AT_OR_AFTER || match == AsOfMatch.AFTER;
    }

    boolean descends() {
      return descends(match);
    }

    boolean takesEqual() {
      return match == AsOfMatch.AT_OR_BEFORE || match == AsOfMatch.AT_OR_AFTER;
    }
  }

  AsOfNode(ArrangeNode left, ArrangeNode right, Matching matching, Schema schema) {
    super("as of " + matching, schema, List.of(left, right));
    this.left = left;
    this.right = right;
    this.matching = matching;
  }

  /** By key, then by time; ties by all other columns. */
  static RowOrder order(Schema schema, List<Integer> keys, int time, AsOfMatch match) {
    boolean[] descending = {Matching.descends(match)};
    return RowOrder.sorted(
        schema, Schemas.toArray(keys), new int[] {time}, descending, new boolean[1]);
  }

  @Override
  Batch evaluate() {
    List<Batch> parts = new ArrayList<>();
    addRowsWithoutKey(parts);
    Probe changed = Probe.of(left.delta(), left.order().key()).withoutNullKeys();
    if (!changed.isEmpty()) {
      Matched now = match(changed, right.after());
      addPairs(parts, changed, now, Schemas.range(changed.count()), changed.count(), 1);
    }
    Batch affected = affected();
    if (!affected.isEmpty()) {
      addRematched(parts, Probe.of(affected, left.order().key()));
    }
    return parts.isEmpty() ? nothing() : Rows.concat(schema(), parts);
  }

  /** Left rows whose key is NULL have no match. */
  private void addRowsWithoutKey(List<Batch> parts) {
    Batch change = left.delta().rows();
    int[] rows = new int[change.rowCount()];
    int count = 0;
    for (int i = 0; i < change.rowCount(); i++) {
      if (matching.kind() == JoinKind.LEFT && Probe.hasNullKey(change, left.order().key(), i)) {
        rows[count++] = i;
      }
    }
    if (count > 0) {
      int[] none = new int[count];
      Arrays.fill(none, -1);
      Batch kept = Rows.gather(change, rows, count);
      parts.add(joined(kept, Batch.empty(right.schema()), none, kept.weights()));
    }
  }

  /** For each position of a probe of left rows its right row, or -1. */
  @SuppressWarnings("ArrayRecordComponent") // local to this class
  private record Matched(Batch rows, int[] rowOf) {}

  private Matched match(Probe leftRows, RunList rightRows) {
    Bound time =
        new Bound(
            leftRows.batch().column(matching.leftTime()),
            leftRows.rows(),
            matching.takesEqual() ? Side.AFTER_EQUAL : Side.BEFORE_EQUAL);
    KeyRange range =
        new KeyRange(
            matching.rightTime(), matching.descends(), Optional.empty(), Optional.of(time));
    KeyGroups found = rightRows.groups(leftRows, range, 1, GroupReader.From.LAST);
    int[] rowOf = new int[leftRows.count()];
    for (int i = 0; i < rowOf.length; i++) {
      int first = found.offsets()[i];
      rowOf[i] = first < found.offsets()[i + 1] ? first : -1;
    }
    return new Matched(found.rows(), rowOf);
  }

  /**
   * The left rows before the step whose match a changed right row may have been, or be: those from
   * it up to the next right row that is there or changed, so each once.
   */
  private Batch affected() {
    Batch change = right.delta().rows();
    Probe every = Probe.of(right.delta(), right.order().key()).withoutNullKeys();
    Probe changed = every.where(firstOfTime(every));
    if (changed.isEmpty()) {
      return Batch.empty(left.schema());
    }
    Vector times = change.column(matching.rightTime());
    Side side = matching.takesEqual() ? Side.BEFORE_EQUAL : Side.AFTER_EQUAL;
    KeyRange stretch =
        new KeyRange(
            matching.leftTime(),
            matching.descends(),
            Optional.of(new Bound(times, changed.rows(), side)),
            Optional.of(ends(changed, times, side)));
    return left.before().groups(changed, stretch, Long.MAX_VALUE, GroupReader.From.FIRST).rows();
  }

  private boolean[] firstOfTime(Probe changed) {
    boolean[] first = new boolean[changed.count()];
    Vector times = changed.batch().column(matching.rightTime());
    for (int i = 0; i < first.length; i++) {
      first[i] =
          i == 0
              || !isSameKey(changed, i - 1, i)
              || Rows.compare(times, changed.row(i - 1), times, changed.row(i)) != 0;
    }
    return first;
  }

  private static boolean isSameKey(Probe probe, int a, int b) {
    int[] key = probe.key();
    return Rows.equal(probe.batch(), probe.row(a), key, probe.batch(), probe.row(b), key);
  }

  /** The time of the next right row of the key after each changed one, there or changed itself. */
  private Bound ends(Probe changed, Vector times, Side side) {
    Bound behind = new Bound(times, changed.rows(), Side.AFTER_EQUAL);
    KeyRange rest =
        new KeyRange(
            matching.rightTime(), matching.descends(), Optional.of(behind), Optional.empty());
    KeyGroups next = right.after().groups(changed, rest, 1, GroupReader.From.FIRST);
    Vector nextTimes = next.rows().column(matching.rightTime());
    VectorBuilder ends =
        new VectorBuilder(right.schema().type(matching.rightTime()).layout(), changed.count());
    int[] rows = new int[changed.count()];
    for (int i = 0; i < rows.length; i++) {
      boolean changes = i + 1 < rows.length && isSameKey(changed, i, i + 1);
      boolean follows = next.offsets()[i] < next.offsets()[i + 1];
      rows[i] = changes || follows ? i : -1;
      if (changes && (!follows || isNearer(times, changed.row(i + 1), nextTimes, next, i))) {
        ends.append(times, changed.row(i + 1));
      } else if (follows) {
        ends.append(nextTimes, next.offsets()[i]);
      } else {
        ends.appendNull();
      }
    }
    return new Bound(ends.build(), rows, side);
  }

  private boolean isNearer(Vector times, int row, Vector nextTimes, KeyGroups next, int position) {
    int order = Rows.compare(times, row, nextTimes, next.offsets()[position]);
    return matching.descends() ? order > 0 : order < 0;
  }

  private void addRematched(List<Batch> parts, Probe rows) {
    Matched old = match(rows, right.before());
    Matched now = match(rows, right.after());
    int[] positions = new int[rows.count()];
    int count = 0;
    for (int i = 0; i < positions.length; i++) {
      positions[count] = i;
      count += isSame(old, now, i) ? 0 : 1;
    }
    addPairs(parts, rows, old, positions, count, -1);
    addPairs(parts, rows, now, positions, count, 1);
  }

  private static boolean isSame(Matched a, Matched b, int position) {
    int x = a.rowOf()[position];
    int y = b.rowOf()[position];
    if (x < 0 || y < 0) {
      return x < 0 && y < 0;
    }
    int[] all = Schemas.range(a.rows().columns().length);
    return Rows.equal(a.rows(), x, all, b.rows(), y, all);
  }

  private void addPairs(
      List<Batch> parts, Probe leftRows, Matched matched, int[] positions, int count, int sign) {
    int[] rows = new int[count];
    int[] partners = new int[count];
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int partner = matched.rowOf()[positions[i]];
      if (partner >= 0 || matching.kind() == JoinKind.LEFT) {
        rows[kept] = leftRows.row(positions[i]);
        partners[kept++] = partner;
      }
    }
    if (kept == 0) {
      return;
    }
    Batch batch = Rows.gather(leftRows.batch(), rows, kept);
    long[] weights = batch.weights().clone();
    for (int i = 0; i < kept; i++) {
      weights[i] *= sign;
    }
    parts.add(joined(batch, matched.rows(), partners, weights));
  }

  private Batch joined(Batch leftRows, Batch rightRows, int[] partners, long[] weights) {
    int leftWidth = leftRows.columns().length;
    int count = leftRows.rowCount();
    Vector[] columns = Arrays.copyOf(leftRows.columns(), schema().columnCount());
    for (int c = leftWidth; c < columns.length; c++) {
      columns[c] = Rows.gather(rightRows.column(c - leftWidth), partners, count);
    }
    return new Batch(schema(), columns, weights, count);
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new AsOfNode(
        (ArrangeNode) otherInputs.get(0), (ArrangeNode) otherInputs.get(1), matching, schema());
  }

  @Override
  public String operator() {
    return "as of join";
  }
}
