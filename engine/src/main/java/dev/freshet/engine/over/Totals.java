package dev.freshet.engine.over;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.engine.aggregate.AggregateLayout;
import dev.freshet.engine.aggregate.CallResult;
import dev.freshet.engine.arrangement.KeySums;
import dev.freshet.engine.arrangement.SumColumns;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.WindowFrame;
import java.util.Arrays;
import java.util.List;

/**
 * COUNT, SUM and AVG over frames that only move forward: rows are added at one end and taken away
 * at the other. Sums are exact, so it does not matter what was in them before. Equal frames that
 * follow each other are answered once.
 */
final class Totals {
  private final Partitions partitions;
  private final Frame frame;
  private final AggregateLayout layout;
  private final CallResult result;
  private final VectorBuilder answers;

  /** What frames that begin with the partition hold before the first position, by partition. */
  private final KeySums before;

  private String[] reasons = {};

  private Totals(AggregateCall call, Frame frame, Partitions partitions) {
    this.partitions = partitions;
    this.frame = frame;
    this.layout =
        new AggregateLayout(partitions.rows().schema(), List.of(), List.of(call), new int[] {-1});
    this.result = layout.results().getFirst();
    this.answers = new VectorBuilder(call.type().layout(), 16);
    int count = partitions.offsets().length - 1;
    this.before = new KeySums(new long[count], layout.newSums(count));
  }

  static Calls.Values of(
      AggregateCall call, WindowFrame frame, Frame positions, Partitions partitions) {
    Totals totals = new Totals(call, positions, partitions);
    if (frame.from() instanceof WindowFrame.Bound.Unbounded) {
      partitions.before(totals::addBefore);
    }
    return totals.values();
  }

  private void addBefore(int partition, Batch rows, int row, long weight) {
    layout.addRow(before.sums(), rows, row, partition, weight);
    before.weights()[partition] += weight;
  }

  private Calls.Values values() {
    int size = partitions.size();
    int[] answerOf = new int[size];
    int[] offsets = partitions.offsets();
    for (int p = 0; p + 1 < offsets.length; p++) {
      values(p, offsets[p], offsets[p + 1], answerOf);
    }
    Vector vector = Rows.gather(answers.build(), answerOf, size);
    return new Calls.Values(vector, spread(answerOf));
  }

  private void values(int partition, int start, int end, int[] answerOf) {
    SumColumns sums = layout.newSums(1);
    sums.addAll(before.sums(), new int[] {partition});
    KeySums state = new KeySums(new long[] {before.weights()[partition]}, sums);
    Batch rows = partitions.rows();
    int[] rowOf = partitions.rowOf();
    int first = start;
    int read = start;
    for (int i = start; i < end; i++) {
      int from = frame.from()[i];
      int to = frame.to()[i];
      if (i > start && from == frame.from()[i - 1] && to == frame.to()[i - 1]) {
        answerOf[i] = answerOf[i - 1];
        continue;
      }
      for (; read < to; read++) {
        layout.addRow(sums, rows, rowOf[read], 0, 1);
        state.weights()[0]++;
      }
      for (; first < from; first++) {
        // A frame may begin behind all that was read.
        if (first < read) {
          layout.addRow(sums, rows, rowOf[first], 0, -1);
          state.weights()[0]--;
        }
      }
      read = Math.max(read, from);
      answerOf[i] = answers.length();
      note(result.append(answers, state, 0));
    }
  }

  private void note(String reason) {
    int answer = answers.length() - 1;
    if (!reason.isEmpty()) {
      int before = reasons.length;
      if (answer >= before) {
        reasons = Arrays.copyOf(reasons, Math.max(16, answer * 2));
        Arrays.fill(reasons, before, reasons.length, "");
      }
      reasons[answer] = reason;
    }
  }

  private String[] spread(int[] answerOf) {
    if (reasons.length == 0) {
      return reasons;
    }
    String[] byPosition = new String[answerOf.length];
    for (int i = 0; i < byPosition.length; i++) {
      byPosition[i] = answerOf[i] < reasons.length ? reasons[answerOf[i]] : "";
    }
    return byPosition;
  }
}
