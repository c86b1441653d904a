package dev.freshet.capture.rows;

import dev.freshet.contracts.Contract;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Keep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Collects rows field by field. For each row: {@link #begin}, then {@link #fill} of columns in any
 * order, then {@link #end}, or {@link #refuse} at any point. A row that has a problem is refused at
 * its end, with its first problem. One thread owns it.
 */
public final class RowsBuilder {
  /** Further rows in one text are refused as a whole: its memory must have a bound. */
  public static final int ROWS_MAX = 100_000;

  /**
   * Usually, past it a text is refused as a whole: it is not rows that are wrong, but what sends
   * them.
   */
  public static final int REFUSED_MAX = 1_000;

  private final Contract contract;
  private final int refusedMax;
  private final int[] key;
  private final boolean[] isKey;
  private final BatchBuilder batch;
  private byte[] operations = new byte[64];

  /** The row that last filled the column. */
  private final int[] filledBy;

  private final List<RejectedRow> rejected = new ArrayList<>();
  private final List<RefusedRow> refused = new ArrayList<>();
  private final RowChange usual;

  /** Rows of the batch that lack a column, by column; null where none does. */
  private final @Nullable BitSet[] unsent;

  private Supplier<String> place = () -> "";
  private int index = -1;
  private RowChange change;
  private boolean saysChange;
  private boolean hasDeletes;
  private @Nullable CellProblem problem;

  /** The first that also a DELETE is refused for: it lies in the key, or in the row as a whole. */
  private @Nullable CellProblem deleteProblem;

  /**
   * @param usual what a row does that does not say it
   */
  public RowsBuilder(Contract contract, RowChange usual, int expectedRows) {
    this(contract, usual, expectedRows, REFUSED_MAX);
  }

  /**
   * @param usual what a row does that does not say it
   * @param refusedMax rows that may be refused: all are kept in memory
   */
  public RowsBuilder(Contract contract, RowChange usual, int expectedRows, int refusedMax) {
    this.refusedMax = refusedMax;
    this.contract = contract;
    this.key = contract.keyColumns();
    this.isKey = new boolean[contract.schema().columnCount()];
    for (int column : key) {
      isKey[column] = true;
    }
    this.batch = new BatchBuilder(contract.schema(), expectedRows);
    this.filledBy = new int[isKey.length];
    Arrays.fill(filledBy, -1);
    this.usual = usual;
    this.unsent = new BitSet[isKey.length];
    this.change = usual;
  }

  /**
   * Tells where a refused row came from, which its reason then begins with.
   *
   * @param where such as {@code topic orders, partition 1, offset 9: }; asked for only when a row
   *     is refused
   */
  public void place(Supplier<String> where) {
    place = where;
  }

  /** Rows begun so far, refused ones too. */
  public int begun() {
    return index + 1;
  }

  /** Rows refused so far. */
  public int refused() {
    return refused.size();
  }

  /** Begins the next row. */
  public void begin() {
    if (++index == ROWS_MAX) {
      throw new FreshetException(
          ErrorCode.LIMIT_EXCEEDED,
          "Cannot take more than "
              + ROWS_MAX
              + " rows at once, and nothing of them was taken. Send them in several requests.");
    }
    change = usual;
    saysChange = false;
    problem = null;
    deleteProblem = null;
  }

  /** Where to put a column's value; the column is filled then. */
  public VectorBuilder column(int column) {
    return batch.column(column);
  }

  /**
   * Marks a column as filled by this row.
   *
   * @throws CellProblem when it was already
   */
  public void fills(int column) {
    if (filledBy[column] == index) {
      throw new CellProblem(
          ErrorCode.ROW_MALFORMED, "column " + name(column) + " stands twice in it");
    }
    filledBy[column] = index;
  }

  /** Whether this row has filled the column. */
  public boolean isFilled(int column) {
    return filledBy[column] == index;
  }

  /** How far the rows are. */
  public record Mark(int begun, int ended, int refused) {}

  /** How far the rows are, to come back to. No row is begun and not ended. */
  public Mark mark() {
    return new Mark(begun(), batch.rowCount(), refused.size());
  }

  /** Takes back all rows since the mark, as if they had never come. */
  public void withdraw(Mark mark) {
    batch.truncate(mark.ended());
    forgetUnsent(mark.ended());
    refused.subList(mark.refused(), refused.size()).clear();
    rejected.subList(mark.refused(), rejected.size()).clear();
    index = mark.begun() - 1;
    Arrays.fill(filledBy, -1);
  }

  /**
   * Refuses all rows since the mark as one.
   *
   * @param original as {@link #end} takes it
   */
  public void refuseSince(Mark mark, CellProblem cause, Supplier<String> original) {
    RowChange says = begun() == mark.begun() ? usual : change;
    withdraw(mark);
    begin();
    change = says;
    refuse(cause, kept(original));
  }

  /**
   * The source did not send the value of a column that this row fills: it stays what it was. Only a
   * row with a key has a value that can stay.
   */
  public void unsent(int column) {
    batch.column(column).appendNull();
    String what = "the source did not send column " + name(column);
    if (isKey[column]) {
      problem(CellProblem.plain(ErrorCode.ROW_MALFORMED, what + ", which is of the key"));
    } else if (key.length == 0 || contract.keep() == Keep.NONE) {
      String why = key.length == 0 ? "is without a key" : "keeps no rows";
      CellProblem lost =
          CellProblem.plain(
              ErrorCode.ROW_MALFORMED, what + ", and what it was is not known: the table " + why);
      problem = problem == null ? lost : problem;
    } else {
      BitSet rows = unsent[column];
      if (rows == null) {
        rows = new BitSet();
        unsent[column] = rows;
      }
      rows.set(batch.rowCount());
    }
  }

  private boolean isUnsent(int column) {
    BitSet rows = unsent[column];
    return rows != null && rows.get(batch.rowCount());
  }

  private void forgetUnsent(int firstRow) {
    for (BitSet rows : unsent) {
      if (rows != null) {
        rows.clear(firstRow, Math.max(firstRow, rows.length()));
      }
    }
  }

  /** All rows of the table are gone: takes the place of a row, without {@link #begin}. */
  public void truncate() {
    begin();
    for (int column = 0; column < isKey.length; column++) {
      batch.column(column).appendNull();
    }
    endRow(Operation.TRUNCATE);
  }

  /** The column's value has a problem: the row is refused, unless it is a DELETE and no key. */
  public void failed(int column, CellProblem cause) {
    VectorBuilder values = batch.column(column);
    if (values.length() > batch.rowCount()) {
      values.truncate(batch.rowCount());
    }
    values.appendNull();
    CellProblem named = named(contract.schema().column(column), cause);
    if (isKey[column]) {
      problem(named);
    } else if (problem == null) {
      problem = named;
    }
  }

  private CellProblem named(Column column, CellProblem cause) {
    String head = "column " + column.name() + " is " + column.type().sql() + ": ";
    return isMasked()
        ? CellProblem.plain(
            cause.code(), head + "a value that is not of it, which is not shown" + CellProblem.WHY)
        : new CellProblem(cause.code(), head + cause.reason());
  }

  /** The row has a problem that does not lie in one column: it is refused, whatever it does. */
  public void problem(CellProblem cause) {
    if (problem == null) {
      problem = cause;
    }
    if (deleteProblem == null) {
      deleteProblem = cause;
    }
  }

  /** What the row says that it does; a row that says it twice is refused. */
  public void change(RowChange says) {
    if (saysChange) {
      problem(CellProblem.plain(ErrorCode.ROW_MALFORMED, RowChange.FIELD + " stands twice in it"));
    }
    saysChange = true;
    change = says;
  }

  /** As above, as it is written; a row that says something else is refused. */
  public void change(String says) {
    RowChange.parse(says)
        .ifPresentOrElse(
            this::change,
            () ->
                problem(
                    CellProblem.value(
                        RowChange.FIELD
                            + " is "
                            + TextCells.fragment(says)
                            + "; it is \"upsert\" or \"delete\"")));
  }

  /**
   * Ends the row.
   *
   * @param original the row as received, as JSON; asked for only when it is refused and kept
   */
  public void end(Supplier<String> original) {
    CellProblem found = change == RowChange.DELETE ? endDelete() : endUpsert();
    if (found != null) {
      refuse(found, kept(original));
      return;
    }
    endRow(operation());
  }

  private void endRow(Operation operation) {
    if (batch.rowCount() == operations.length) {
      operations = Arrays.copyOf(operations, operations.length * 2);
    }
    operations[batch.rowCount()] = operation.code();
    batch.endRow(1);
  }

  private Operation operation() {
    return change == RowChange.DELETE ? Operation.DELETE : Operation.INSERT;
  }

  private @Nullable CellProblem endUpsert() {
    for (int column = 0; column < isKey.length; column++) {
      boolean isMissing = filledBy[column] != index;
      if (isMissing) {
        batch.column(column).appendNull();
      }
      Column promised = contract.schema().column(column);
      if (problem == null
          && !promised.mayBeNull()
          && (isMissing || isLastNull(column))
          && !isUnsent(column)) {
        return notNull(column, isMissing);
      }
    }
    return problem;
  }

  private boolean isLastNull(int column) {
    return batch.column(column).isNullAt(batch.rowCount());
  }

  private CellProblem notNull(int column, boolean isMissing) {
    return CellProblem.plain(
        ErrorCode.CONTRACT_VIOLATED,
        "column "
            + name(column)
            + (isMissing ? " is missing" : " is NULL")
            + ", and NOT NULL in the contract");
  }

  /** Of the values only the key's count; everything else is taken out again. */
  private @Nullable CellProblem endDelete() {
    if (key.length == 0 || contract.keep() == Keep.NONE) {
      return CellProblem.plain(
          ErrorCode.CONTRACT_VIOLATED,
          key.length == 0
              ? "nothing can be deleted from a table without a key"
              : "nothing can be deleted from a table that keeps no rows");
    }
    for (int column = 0; column < isKey.length; column++) {
      boolean isMissing = filledBy[column] != index;
      if (isKey[column]) {
        if (isMissing) {
          batch.column(column).appendNull();
        }
        if (deleteProblem == null && isLastNull(column)) {
          deleteProblem = notNull(column, isMissing);
        }
      } else {
        if (!isMissing) {
          batch.column(column).truncate(batch.rowCount());
        }
        batch.column(column).appendNull();
      }
    }
    hasDeletes = true;
    return deleteProblem;
  }

  /** Refuses the row that was begun. */
  public void refuse(CellProblem cause, String original) {
    batch.abandonRow();
    forgetUnsent(batch.rowCount());
    if (refused.size() == refusedMax) {
      RefusedRow first = refused.getFirst();
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot take these rows: more than "
              + refusedMax
              + " of them do not fit table "
              + contract.table()
              + ", and nothing of them was taken or kept. The first is row "
              + first.index()
              + ": "
              + first.reason()
              + ".");
    }
    String reason = place.get() + (isMasked() ? cause.reasonWithoutValues() : cause.reason());
    refused.add(new RefusedRow(index, cause.code(), reason));
    rejected.add(
        isMasked()
            ? RejectedRow.withoutValues(operation(), reason)
            : new RejectedRow(operation(), original, reason));
  }

  private String kept(Supplier<String> original) {
    return isMasked() ? RejectedRow.NOT_KEPT : original.get();
  }

  /** Then nothing of a refused row is kept. */
  private boolean isMasked() {
    return !contract.masking().isEmpty();
  }

  private String name(int column) {
    return contract.schema().column(column).name();
  }

  /** What came of the rows. The builder is not used again. */
  public DecodedRows build() {
    Batch rows = batch.build();
    int count = rows.rowCount();
    byte[] codes = Arrays.copyOf(operations, count);
    int[] before = new int[count];
    Arrays.fill(before, -1);
    return new DecodedRows(
        new TableChanges(
            contract.table(),
            1,
            key,
            codes,
            rows,
            missing(codes),
            before,
            Batch.empty(contract.schema()),
            rejected),
        refused);
  }

  private boolean[][] missing(byte[] codes) {
    boolean[][] missing = new boolean[isKey.length][];
    Arrays.fill(missing, Vector.NO_NULLS);
    if (hasDeletes) {
      boolean[] deleted = new boolean[codes.length];
      for (int row = 0; row < deleted.length; row++) {
        deleted[row] = codes[row] == Operation.DELETE.code();
      }
      for (int column = 0; column < missing.length; column++) {
        missing[column] = isKey[column] ? Vector.NO_NULLS : deleted;
      }
    }
    for (int column = 0; column < missing.length; column++) {
      BitSet rows = unsent[column];
      if (rows != null && !rows.isEmpty()) {
        boolean[] mask = Arrays.copyOf(missing[column], codes.length);
        rows.stream().forEach(row -> mask[row] = true);
        missing[column] = mask;
      }
    }
    return missing;
  }
}
