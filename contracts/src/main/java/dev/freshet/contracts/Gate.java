package dev.freshet.contracts;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Holds the changes of one table to its contract: columns are matched by name and brought into the
 * contract's order; columns that the contract does not have are left out; a row that breaks a rule
 * is quarantined with its reason. Pure: the same changes and contract give the same result. Safe
 * for all threads.
 */
public final class Gate {
  private final Contract contract;

  public Gate(Contract contract) {
    this.contract = contract;
  }

  public Contract contract() {
    return contract;
  }

  /** What the gate let through, and what not. */
  public record Result(TableChanges accepted, List<QuarantinedRow> quarantined) {
    public Result {
      quarantined = List.copyOf(quarantined);
    }

    public Ledger ledger() {
      long applied = accepted.rowCount();
      return new Ledger(applied + quarantined.size(), applied, quarantined.size());
    }
  }

  /** Checks changes that stand at this offset of the log. */
  public Result check(TableChanges changes, long logOffset) {
    List<QuarantinedRow> quarantined = new ArrayList<>();
    for (RejectedRow row : changes.rejected()) {
      quarantined.add(
          new QuarantinedRow(
              contract.table(), logOffset, row.operation(), row.original(), row.reason()));
    }
    int[] sourceColumn = matchColumns(changes.rows().schema());
    String mismatch = firstMismatch(changes.rows().schema(), sourceColumn);
    if (!mismatch.isEmpty()) {
      return refuseAll(changes, logOffset, mismatch, quarantined);
    }
    TableChanges shaped = shape(changes, sourceColumn);
    int[] broken = firstNullViolations(shaped);
    if (broken.length == 0) {
      return new Result(shaped, quarantined);
    }
    return new Result(keepUnbroken(shaped, broken, logOffset, quarantined), quarantined);
  }

  private int[] matchColumns(Schema captured) {
    int[] sourceColumn = new int[contract.schema().columnCount()];
    for (int i = 0; i < sourceColumn.length; i++) {
      sourceColumn[i] = captured.indexOf(contract.schema().column(i).name());
    }
    return sourceColumn;
  }

  /** Why no row of this shape can pass, or empty. */
  private String firstMismatch(Schema captured, int[] sourceColumn) {
    for (int i = 0; i < sourceColumn.length; i++) {
      Column promised = contract.schema().column(i);
      if (sourceColumn[i] < 0) {
        if (!promised.mayBeNull()) {
          return "column "
              + promised.name()
              + " is NOT NULL in the contract, and the source no longer has it";
        }
        continue;
      }
      DataType type = captured.type(sourceColumn[i]);
      if (!type.equals(promised.type())) {
        return "column "
            + promised.name()
            + " is "
            + type.sql()
            + " at the source, and "
            + promised.type().sql()
            + " in the contract";
      }
    }
    return "";
  }

  private Result refuseAll(
      TableChanges changes, long logOffset, String reason, List<QuarantinedRow> quarantined) {
    for (int row = 0; row < changes.rowCount(); row++) {
      quarantined.add(
          new QuarantinedRow(
              contract.table(),
              logOffset,
              changes.operation(row),
              JsonText.row(changes.rows(), row),
              reason));
    }
    return new Result(none(), quarantined);
  }

  private TableChanges none() {
    Batch empty = Batch.empty(contract.schema());
    boolean[][] missing = new boolean[contract.schema().columnCount()][];
    Arrays.fill(missing, Vector.NO_NULLS);
    return new TableChanges(
        contract.table(),
        1,
        contract.keyColumns(),
        new byte[0],
        empty,
        missing,
        new int[0],
        empty,
        List.of());
  }

  private TableChanges shape(TableChanges changes, int[] sourceColumn) {
    boolean[][] missing = new boolean[sourceColumn.length][];
    for (int i = 0; i < sourceColumn.length; i++) {
      missing[i] = sourceColumn[i] < 0 ? Vector.NO_NULLS : changes.missing()[sourceColumn[i]];
    }
    return new TableChanges(
        contract.table(),
        changes.schemaVersion(),
        contract.keyColumns(),
        changes.operations(),
        shape(changes.rows(), sourceColumn),
        missing,
        changes.beforeRow(),
        shape(changes.before(), sourceColumn),
        List.of());
  }

  private Batch shape(Batch rows, int[] sourceColumn) {
    Vector[] columns = new Vector[sourceColumn.length];
    for (int i = 0; i < columns.length; i++) {
      columns[i] =
          sourceColumn[i] < 0
              ? allNull(contract.schema().type(i), rows.rowCount())
              : rows.column(sourceColumn[i]);
    }
    return new Batch(contract.schema(), columns, rows.weights(), rows.rowCount());
  }

  private static Vector allNull(DataType type, int count) {
    VectorBuilder builder = new VectorBuilder(type.layout(), count);
    for (int i = 0; i < count; i++) {
      builder.appendNull();
    }
    return builder.build();
  }

  /** Per row the first column that breaks NOT NULL, or -1; an empty array when none does. */
  private int[] firstNullViolations(TableChanges changes) {
    int[] broken = {};
    for (int column = 0; column < contract.schema().columnCount(); column++) {
      Vector vector = changes.rows().column(column);
      if (contract.schema().column(column).mayBeNull() || !vector.mayHaveNulls()) {
        continue;
      }
      for (int row = 0; row < changes.rowCount(); row++) {
        if (vector.isNull(row)
            && carriesRow(changes.operation(row))
            && !changes.isMissing(column, row)) {
          if (broken.length == 0) {
            broken = new int[changes.rowCount()];
            Arrays.fill(broken, -1);
          }
          if (broken[row] < 0) {
            broken[row] = column;
          }
        }
      }
    }
    return broken;
  }

  private static boolean carriesRow(Operation operation) {
    return switch (operation) {
      case INSERT, UPDATE, SNAPSHOT -> true;
      case DELETE, TRUNCATE -> false;
    };
  }

  private TableChanges keepUnbroken(
      TableChanges changes, int[] broken, long logOffset, List<QuarantinedRow> quarantined) {
    int[] kept = new int[broken.length];
    int count = 0;
    for (int row = 0; row < broken.length; row++) {
      if (broken[row] < 0) {
        kept[count++] = row;
      } else {
        String reason =
            "column "
                + contract.schema().column(broken[row]).name()
                + " is NULL, and NOT NULL in the contract";
        quarantined.add(
            new QuarantinedRow(
                contract.table(),
                logOffset,
                changes.operation(row),
                JsonText.row(changes.rows(), row),
                reason));
      }
    }
    return select(changes, kept, count);
  }

  private static TableChanges select(TableChanges changes, int[] kept, int count) {
    byte[] operations = new byte[count];
    int[] beforeRow = new int[count];
    boolean[][] missing = new boolean[changes.missing().length][];
    for (int column = 0; column < missing.length; column++) {
      boolean[] mask = changes.missing()[column];
      missing[column] = mask.length == 0 ? Vector.NO_NULLS : new boolean[count];
      for (int i = 0; i < missing[column].length; i++) {
        missing[column][i] = mask[kept[i]];
      }
    }
    for (int i = 0; i < count; i++) {
      operations[i] = changes.operations()[kept[i]];
      beforeRow[i] = changes.beforeRow()[kept[i]];
    }
    return new TableChanges(
        changes.table(),
        changes.schemaVersion(),
        changes.keyColumns(),
        operations,
        Rows.gather(changes.rows(), kept, count),
        missing,
        beforeRow,
        changes.before(),
        List.of());
  }
}
