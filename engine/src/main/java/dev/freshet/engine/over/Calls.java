package dev.freshet.engine.over;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.AggregateCall.Function;
import dev.freshet.sql.plan.SortKey;
import dev.freshet.sql.plan.WindowCall;
import dev.freshet.sql.plan.WindowFrame;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What window functions give at each position of some partitions. Immutable once built.
 *
 * <p>Costs, for n positions: ranks, LAG, LEAD and picks n; COUNT, SUM and AVG n, whatever the
 * frame, since each row enters and leaves a frame once; MIN and MAX n; frames n; an aggregate in
 * Java n where frames begin with the partition, and as many as they have rows in all else.
 */
public final class Calls {
  private final Partitions partitions;
  private final List<SortKey> order;
  private final Map<WindowFrame, Frame> frames = new HashMap<>();
  private final Vector[] columns;
  private String[] reasons = {};

  /**
   * The values of one call.
   *
   * @param reasons why there is no value, by position; empty texts where there is one, length 0
   *     when there is one everywhere
   */
  @SuppressWarnings("ArrayRecordComponent") // columnar data is arrays, read-only by contract
  record Values(Vector vector, String[] reasons) {}

  private Calls(Partitions partitions, List<SortKey> order, int count) {
    this.partitions = partitions;
    this.order = order;
    this.columns = new Vector[count];
  }

  /** The values of the calls at each position. */
  public static Calls of(List<WindowCall> calls, List<SortKey> order, Partitions partitions) {
    Calls computed = new Calls(partitions, order, calls.size());
    for (int c = 0; c < calls.size(); c++) {
      computed.columns[c] = computed.compute(calls.get(c));
    }
    return computed;
  }

  private Vector compute(WindowCall call) {
    return switch (call) {
      case WindowCall.Rank rank -> Ranks.of(rank.ranking(), partitions);
      case WindowCall.Tile tile -> Ranks.tiles(tile.parts(), partitions);
      case WindowCall.Shift shift -> Picks.shifted(shift, partitions);
      case WindowCall.Pick pick -> Picks.picked(pick, frame(pick.frame()), partitions);
      case WindowCall.Framed framed -> framed(framed);
    };
  }

  private Vector framed(WindowCall.Framed framed) {
    Function function = framed.call().function();
    Frame frame = frame(framed.frame());
    if (function == Function.MIN || function == Function.MAX) {
      return Extremes.of(framed.call(), frame, partitions);
    }
    Values values =
        function == Function.USER
            ? UserFrames.of(framed.call(), frame, partitions)
            : Totals.of(framed.call(), framed.frame(), frame, partitions);
    note(values.reasons());
    return values.vector();
  }

  private Frame frame(WindowFrame frame) {
    return frames.computeIfAbsent(
        frame,
        _ -> {
          Frame computed = Frame.of(frame, order, partitions);
          note(computed.reasons());
          return computed;
        });
  }

  private void note(String[] more) {
    if (reasons.length == 0) {
      reasons = more;
      return;
    }
    for (int i = 0; i < more.length; i++) {
      reasons[i] = reasons[i].isEmpty() ? more[i] : reasons[i];
    }
  }

  public Partitions partitions() {
    return partitions;
  }

  /** Why there is no row at a position; an empty text when there is one. */
  public String reason(int position) {
    return reasons.length == 0 ? "" : reasons[position];
  }

  /** Whether both have the same values, or no row for the same reason. */
  public boolean equal(int position, Calls other, int otherPosition) {
    for (int c = 0; c < columns.length; c++) {
      if (Rows.compare(columns[c], position, other.columns[c], otherPosition) != 0) {
        return false;
      }
    }
    return reason(position).equals(other.reason(otherPosition));
  }

  /** The values as rows of a schema that has just the calls' columns. */
  public Batch values(Schema schema) {
    return new Batch(schema, columns, new long[partitions.size()], partitions.size());
  }

  /** The positions of calls' columns behind the input's. */
  public static int[] columnsOf(int inputColumns, int calls) {
    return IntStream.range(inputColumns, inputColumns + calls).toArray();
  }
}
