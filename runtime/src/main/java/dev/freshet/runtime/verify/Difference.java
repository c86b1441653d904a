package dev.freshet.runtime.verify;

import dev.freshet.engine.hash.Part;
import dev.freshet.engine.hash.RowKind;
import dev.freshet.engine.hash.StateHash;
import dev.freshet.engine.hash.StateHash.WeightedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * Finds a few rows that two states do not have in common. The live state may have moved on since
 * the hashes differed, and moves on from one question to the next: the fresh one follows it.
 */
final class Difference {
  private static final int ROWS_SHOWN = 5;

  /** So many rows of a part are sent at once, about. */
  private static final int PART_ROWS = 1_000;

  private static final int PARTS_MAX = 1 << 12;

  private final LiveState live;
  private final LongFunction<SnapshotState> fresh;

  /**
   * @param fresh the fresh state at a step, which is not before that of the last call
   */
  Difference(LiveState live, LongFunction<SnapshotState> fresh) {
    this.live = live;
    this.fresh = fresh;
  }

  /** Lines for the user. */
  List<String> lines(String relation, RowKind kind, long rows) {
    int count = Math.clamp(rows / PART_ROWS, 1, PARTS_MAX);
    LiveState.At<List<StateHash>> parts = live.parts(relation, kind, count);
    List<StateHash> freshParts = fresh.apply(parts.step()).parts(relation, kind, count).value();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count && lines.size() < ROWS_SHOWN; i++) {
      if (!parts.value().get(i).equals(freshParts.get(i))) {
        lines.addAll(rows(relation, kind, new Part(i, count), ROWS_SHOWN - lines.size()));
      }
    }
    return lines.isEmpty() ? List.of("  no row differs any more at step " + parts.step()) : lines;
  }

  private List<String> rows(String relation, RowKind kind, Part part, int most) {
    LiveState.At<List<WeightedText>> found = live.rows(relation, kind, part);
    Map<String, Long> weights = new TreeMap<>();
    found.value().forEach(row -> weights.merge(row.json(), row.weight(), Long::sum));
    fresh
        .apply(found.step())
        .rows(relation, kind, part)
        .value()
        .forEach(row -> weights.merge(row.json(), -row.weight(), Long::sum));
    return weights.entrySet().stream()
        .filter(each -> each.getValue() != 0)
        .limit(most)
        .map(each ->
            (each.getValue() > 0 ? "  live has      " : "  live has not  ")
                + each.getKey()
                + (Math.abs(each.getValue()) == 1 ? "" : "  x " + Math.abs(each.getValue())))
        .toList();
  }
}
