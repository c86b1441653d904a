package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.error.Check;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.Arrangement;
import dev.freshet.engine.arrangement.GroupReader;
import dev.freshet.engine.arrangement.KeyGroups;
import dev.freshet.engine.arrangement.Probe;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.sql.plan.Plan.RecursionKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The candidates of a recursion that change within one step of the engine, by iteration. Iterations
 * are settled in ascending order. One thread owns it.
 */
final class CandidateChanges {
  /** No iteration. */
  static final long NONE = Long.MAX_VALUE;

  private final Arrangement candidates;
  private final RecursionKind kind;
  private final Schema schema;
  private final int width;
  private final RunList before;
  private final NavigableMap<Long, List<Batch>> arriving = new TreeMap<>();

  /** Rows that came to an iteration or left one, and have a candidate in this later one. */
  private final NavigableMap<Long, List<Batch>> reviews = new TreeMap<>();

  private long settled = -1;

  /**
   * @param candidates by row, then by iteration
   */
  CandidateChanges(Arrangement candidates, RecursionKind kind) {
    this.candidates = candidates;
    this.kind = kind;
    this.schema = candidates.order().schema();
    this.width = schema.columnCount() - 1;
    this.before = candidates.content();
  }

  /** The candidates before the step. */
  RunList before() {
    return before;
  }

  /** Takes changed candidates of any iterations that are not settled. */
  void arrive(Batch changed) {
    if (changed.isEmpty()) {
      return;
    }
    long[] iterations = iterations(changed);
    long first = Arrays.stream(iterations, 0, changed.rowCount()).min().orElseThrow();
    long last = Arrays.stream(iterations, 0, changed.rowCount()).max().orElseThrow();
    Check.that(first > settled, "an iteration follows from earlier ones", first, settled);
    if (first == last) {
      arriving.computeIfAbsent(first, _ -> new ArrayList<>()).add(changed.withSchema(schema));
      return;
    }
    Map<Long, List<Integer>> rows = new HashMap<>();
    for (int i = 0; i < changed.rowCount(); i++) {
      rows.computeIfAbsent(iterations[i], _ -> new ArrayList<>()).add(i);
    }
    rows.forEach((iteration, each) -> add(arriving, iteration, changed, each));
  }

  private void add(
      NavigableMap<Long, List<Batch>> target, long iteration, Batch batch, List<Integer> rows) {
    int[] positions = Schemas.toArray(rows);
    Batch gathered = Rows.gather(batch, positions, positions.length);
    target
        .computeIfAbsent(iteration, _ -> new ArrayList<>())
        .add(Iterations.of(gathered, schema, iteration));
  }

  private long[] iterations(Batch batch) {
    return ((LongVector) batch.column(width)).values();
  }

  /** The next iteration that may change, or {@link #NONE}. */
  long next() {
    long arrived = arriving.isEmpty() ? NONE : arriving.firstKey();
    return reviews.isEmpty() ? arrived : Math.min(arrived, reviews.firstKey());
  }

  /** Takes the changed candidates of an iteration. Gives the change of its rows. */
  Batch settle(long iteration) {
    settled = iteration;
    List<Batch> arrived = arriving.remove(iteration);
    Run run =
        arrived == null
            ? Run.empty(candidates.order())
            : Run.of(candidates.order(), Rows.concat(schema, arrived));
    candidates.add(run);
    if (kind == RecursionKind.ALL) {
      return run.rows();
    }
    List<Batch> touched = reviews.remove(iteration);
    if (touched == null) {
      return run.isEmpty() ? run.rows() : firsts(run.rows(), iteration);
    }
    touched.add(run.rows());
    return firsts(Rows.concat(schema, touched), iteration);
  }

  /** The rows whose first iteration is, or was, this one and was not, or is not any more. */
  private Batch firsts(Batch touched, long iteration) {
    Probe probe = Probe.of(touched, Schemas.range(width)).distinct();
    long[] old = firstIterations(before, probe);
    long[] now = firstIterations(candidates.content(), probe);
    int[] rows = new int[probe.count()];
    long[] weights = new long[probe.count()];
    int count = 0;
    Map<Long, List<Integer>> later = new HashMap<>();
    for (int i = 0; i < probe.count(); i++) {
      if (old[i] != now[i] && (old[i] == iteration || now[i] == iteration)) {
        rows[count] = probe.row(i);
        weights[count++] = now[i] == iteration ? 1 : -1;
      }
      for (long other : new long[] {old[i], now[i]}) {
        if (other > iteration && other != NONE) {
          later.computeIfAbsent(other, _ -> new ArrayList<>()).add(probe.row(i));
        }
      }
    }
    later.forEach((other, each) -> add(reviews, other, touched, each));
    Batch changed = Rows.gather(touched, rows, count).withWeights(Arrays.copyOf(weights, count));
    return Iterations.of(changed, schema, iteration);
  }

  private long[] firstIterations(RunList content, Probe probe) {
    KeyGroups groups = content.groups(probe, 1, GroupReader.From.FIRST);
    long[] values = iterations(groups.rows());
    long[] first = new long[probe.count()];
    for (int i = 0; i < first.length; i++) {
      int at = groups.offsets()[i];
      first[i] = at < groups.offsets()[i + 1] ? values[at] : NONE;
    }
    return first;
  }
}
