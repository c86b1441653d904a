package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.sql.plan.Plan.RecursionKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows with the iteration that they belong to. */
final class Iterations {
  private Iterations() {}

  /** The rows' first columns, and the iteration. */
  static Batch of(Batch rows, Schema schema, long iteration) {
    int width = schema.columnCount() - 1;
    Vector[] columns = Arrays.copyOf(rows.columns(), width + 1);
    long[] iterations = new long[rows.rowCount()];
    Arrays.fill(iterations, iteration);
    columns[width] = new LongVector(iterations, new boolean[0], rows.rowCount());
    return new Batch(schema, columns, rows.weights(), rows.rowCount());
  }

  /** Takes the rows of iterations: of a set each row with its first one only. */
  interface Sink {
    void accept(Batch candidates, int row, long iteration);
  }

  static void forEach(RunList candidates, RecursionKind kind, Sink sink) {
    int width = candidates.schema().columnCount() - 1;
    int[] key = Schemas.range(width);
    List<Batch> last = new ArrayList<>(1);
    int[] lastRow = new int[1];
    candidates.scan(piece -> {
      long[] iterations = ((LongVector) piece.column(width)).values();
      for (int i = 0; i < piece.rowCount(); i++) {
        boolean again =
            kind == RecursionKind.DISTINCT
                && !last.isEmpty()
                && Rows.equal(last.getFirst(), lastRow[0], key, piece, i, key);
        if (!again) {
          sink.accept(piece, i, iterations[i]);
        }
        last.clear();
        last.add(piece);
        lastRow[0] = i;
      }
      return true;
    });
  }

  /** All rows of one iteration. */
  static Batch rows(RunList candidates, RecursionKind kind, long iteration, int sign) {
    BatchBuilder builder = new BatchBuilder(candidates.schema(), 16);
    forEach(
        candidates,
        kind,
        (batch, row, of) -> {
          if (of == iteration) {
            long weight = kind == RecursionKind.DISTINCT ? 1 : batch.weight(row);
            builder.append(batch, row, sign * weight);
          }
        });
    return builder.build();
  }
}
