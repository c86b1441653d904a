package dev.freshet.engine.over;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.function.library.AggregateMethod;
import dev.freshet.engine.aggregate.FoldedCall;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.SortKey;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates in Java over frames. An accumulator goes on where a frame begins as the one before it
 * did; else the frame's rows are taken in anew. Nothing is ever taken out: what that would leave
 * behind, such as an error of rounding, would depend on which frames were looked at before.
 */
final class UserFrames {
  private final AggregateCall call;
  private final AggregateMethod method;
  private final Frame frame;
  private final Partitions partitions;
  private final Batch rows;
  private final int[] rowOf;
  private final VectorBuilder answers;
  private final String[] reasons;

  /** By position: the place of the row in the order in which the function sees rows. */
  private final Optional<int[]> placeOf;

  private Object accumulator;
  private int from = -1;
  private int read = -1;

  private UserFrames(AggregateCall call, Frame frame, Partitions partitions) {
    this.call = call;
    this.method = call.user().orElseThrow();
    this.frame = frame;
    this.partitions = partitions;
    this.rows = partitions.rows();
    this.rowOf = partitions.rowOf();
    this.answers = new VectorBuilder(call.type().layout(), 16);
    this.reasons = new String[partitions.size()];
    this.placeOf =
        call.order().isEmpty() ? Optional.empty() : Optional.of(places(call.order(), partitions));
    this.accumulator = method.start();
  }

  static Calls.Values of(AggregateCall call, Frame frame, Partitions partitions) {
    return new UserFrames(call, frame, partitions).values();
  }

  private static int[] places(List<SortKey> order, Partitions partitions) {
    boolean[] descending = new boolean[order.size()];
    boolean[] nullsLast = new boolean[order.size()];
    for (int i = 0; i < descending.length; i++) {
      descending[i] = order.get(i).direction() == SortKey.Direction.DESCENDING;
      nullsLast[i] = order.get(i).nulls() == SortKey.Nulls.LAST;
    }
    Batch rows = partitions.rows();
    int[] sort = order.stream().mapToInt(SortKey::column).toArray();
    RowOrder sorted = RowOrder.sorted(rows.schema(), new int[0], sort, descending, nullsLast);
    int[] rowOf = partitions.rowOf();
    Comparator<Integer> byRow = (a, b) -> sorted.compareRows(rows, rowOf[a], rows, rowOf[b]);
    int[] positions =
        IntStream.range(0, rowOf.length)
            .boxed()
            .sorted(byRow.thenComparing(Comparator.naturalOrder()))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] places = new int[positions.length];
    for (int place = 0; place < places.length; place++) {
      places[positions[place]] = place;
    }
    return places;
  }

  private Calls.Values values() {
    int size = partitions.size();
    int[] answerOf = new int[size];
    boolean failed = false;
    for (int i = 0; i < size; i++) {
      boolean same =
          i > 0 && frame.from()[i] == frame.from()[i - 1] && frame.to()[i] == frame.to()[i - 1];
      int position = i;
      reasons[i] =
          same
              ? reasons[i - 1]
              : FoldedCall.answer(
                  call, answers, () -> over(frame.from()[position], frame.to()[position]));
      answerOf[i] = answers.length() - 1;
      failed |= !reasons[i].isEmpty();
    }
    return new Calls.Values(
        Rows.gather(answers.build(), answerOf, size), failed ? reasons : new String[0]);
  }

  private Object over(int start, int end) {
    if (placeOf.isPresent()) {
      int[] places = placeOf.get();
      int[] inOrder =
          IntStream.range(start, end)
              .boxed()
              .sorted(Comparator.comparingInt(position -> places[position]))
              .mapToInt(Integer::intValue)
              .toArray();
      Object sorted = method.start();
      for (int position : inOrder) {
        sorted = with(sorted, position);
      }
      return sorted;
    }
    if (start != from || end < read) {
      accumulator = method.start();
      read = start;
    }
    // Until all went well the next frame begins anew.
    from = -1;
    for (; read < end; read++) {
      accumulator = with(accumulator, read);
    }
    from = start;
    return accumulator;
  }

  private Object with(Object taken, int position) {
    int row = rowOf[position];
    if (!counts(row)) {
      return taken;
    }
    for (int column : call.notNull()) {
      if (rows.column(column).isNull(row)) {
        return taken;
      }
    }
    @Nullable Object[] given = new Object[call.arguments().size()];
    Arrays.setAll(
        given,
        i -> {
          int column = call.arguments().get(i);
          return Values.read(rows.schema().type(column), rows.column(column), row);
        });
    return method.accumulate(taken, given);
  }

  private boolean counts(int row) {
    return call.filter().isEmpty()
        || (rows.column(call.filter().getAsInt()) instanceof BooleanVector flags
            && !flags.isNull(row)
            && flags.values()[row]);
  }
}
