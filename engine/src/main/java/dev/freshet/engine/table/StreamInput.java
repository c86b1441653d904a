package dev.freshet.engine.table;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.RunList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table that keeps no rows: it takes inserts, each as a row of its own, and nothing else. */
final class StreamInput implements TableInput {
  private final String table;
  private final Schema schema;
  private final Detail detail;
  private final List<Batch> inserts = new ArrayList<>();
  private int[] numbers = {};
  private int numbered;
  private int changesBefore;

  StreamInput(String table, Schema schema, Detail detail) {
    this.table = table;
    this.schema = schema;
    this.detail = detail;
  }

  @Override
  public List<RejectedRow> apply(TableChanges changes, RunList content) {
    TableInput.checkTypes(table, schema, changes.rows().schema());
    List<RejectedRow> unresolved = new ArrayList<>(0);
    int count = changes.rowCount();
    int[] kept = {};
    if (!TableInput.onlyInserts(changes)) {
      kept = new int[count];
      count = inserted(changes, kept, unresolved);
    }
    if (count > 0) {
      Batch rows = changes.rows();
      inserts.add(
          (count == rows.rowCount() ? rows : Rows.gather(rows, kept, count)).withSchema(schema));
    }
    if (detail == Detail.ARRIVALS) {
      number(count, count == changes.rowCount() ? new int[0] : kept);
      changesBefore += changes.rowCount();
    }
    return unresolved;
  }

  private int inserted(TableChanges changes, int[] kept, List<RejectedRow> unresolved) {
    int count = 0;
    for (int row = 0; row < changes.rowCount(); row++) {
      String problem = problem(changes, row);
      if (problem.isEmpty()) {
        kept[count++] = row;
      } else {
        unresolved.add(TableInput.unresolved(changes, row, problem));
      }
    }
    return count;
  }

  private String problem(TableChanges changes, int row) {
    return switch (changes.operation(row)) {
      case INSERT, SNAPSHOT -> {
        String column = TableInput.missing(schema, changes, row);
        yield column.isEmpty()
            ? ""
            : "Cannot insert into " + table + ": column " + column + " is missing.";
      }
      case UPDATE, DELETE, TRUNCATE ->
          "Cannot "
              + changes.operation(row)
              + " in "
              + table
              + ", which keeps no rows (keep: none): it takes inserts only.";
    };
  }

  /** Which change of the step each of the next rows belongs to. */
  private void number(int count, int[] kept) {
    numbers = Arrays.copyOf(numbers, Math.max(numbers.length, numbered + count));
    for (int i = 0; i < count; i++) {
      numbers[numbered++] = changesBefore + (kept.length == 0 ? i : kept[i]);
    }
  }

  private Batch rows() {
    return switch (inserts.size()) {
      case 0 -> Batch.empty(schema);
      case 1 -> inserts.getFirst();
      default -> Rows.concat(schema, inserts);
    };
  }

  @Override
  public Arrivals takeArrivals() {
    Arrivals arrivals = new Arrivals(rows(), Arrays.copyOf(numbers, numbered));
    numbered = 0;
    changesBefore = 0;
    return arrivals;
  }

  @Override
  public Batch takeChange() {
    Batch change = rows();
    inserts.clear();
    return change;
  }
}
