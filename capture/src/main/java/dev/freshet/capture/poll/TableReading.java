package dev.freshet.capture.poll;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.RejectedRow;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.FreshetException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one question for a table, read piece by piece. Rows that were delivered just like
 * this before are left out. One thread owns it.
 */
final class TableReading implements AutoCloseable {
  private static final int FETCH_ROWS = 1_000;

  /** The columns are not those that were described. */
  static final class ShapeChanged extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final PolledTable table;
  private final SeenRows seen;
  private final Operation operation;
  private final PreparedStatement statement;
  private final ResultSet rows;
  private boolean isAtEnd;
  private long highest = Long.MIN_VALUE;
  private long read;

  private TableReading(
      PolledTable table,
      SeenRows seen,
      Operation operation,
      PreparedStatement statement,
      ResultSet rows) {
    this.table = table;
    this.seen = seen;
    this.operation = operation;
    this.statement = statement;
    this.rows = rows;
  }

  /**
   * Asks for the rows whose mark is not below the bound.
   *
   * @param lowerBound {@link Long#MIN_VALUE} for all rows, those without a mark too
   * @throws ShapeChanged when the table must be described anew
   */
  @SuppressWarnings("SqlSourceToSinkFlow") // names come from the project's file, and are quoted
  static TableReading ask(
      Connection connection, PolledTable table, SeenRows seen, long lowerBound, Operation operation)
      throws SQLException {
    boolean isWhole = lowerBound == Long.MIN_VALUE;
    String sql = table.select() + (isWhole ? "" : " WHERE " + table.quotedMark() + " >= ?");
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      statement.setFetchSize(FETCH_ROWS);
      if (!isWhole) {
        table.mark().set(statement, lowerBound);
      }
      ResultSet rows = statement.executeQuery();
      if (!table.describes(rows.getMetaData())) {
        throw new ShapeChanged();
      }
      return new TableReading(table, seen, operation, statement, rows);
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  /** The next rows; empty ones when all that is left was seen before. */
  TableChanges next(int rowsMax) throws SQLException {
    BatchBuilder batch = new BatchBuilder(table.schema(), FETCH_ROWS);
    List<RejectedRow> rejected = new ArrayList<>();
    while (batch.rowCount() + rejected.size() < rowsMax) {
      if (!rows.next()) {
        isAtEnd = true;
        break;
      }
      read++;
      read(batch, rejected);
    }
    return changes(unseen(batch.build()), rejected);
  }

  private void read(BatchBuilder batch, List<RejectedRow> rejected) throws SQLException {
    @Nullable Object[] values = new Object[table.types().size()];
    int column = 0;
    try {
      for (; column < values.length; column++) {
        values[column] = table.types().get(column).reader().read(rows, column + 1);
        if (values[column] == null && !table.schema().column(column).mayBeNull()) {
          throw new SQLException("it is NULL, and NOT NULL in the table", "22004");
        }
        Values.append(batch.column(column), table.schema().type(column), values[column]);
      }
      batch.endRow(1);
    } catch (SQLException e) {
      if (!PollErrors.isOfAValue(e)) {
        throw e;
      }
      batch.abandonRow();
      reject(column, PollErrors.text(e), rejected);
    } catch (FreshetException e) {
      batch.abandonRow();
      reject(column, String.valueOf(e.getMessage()), rejected);
    }
  }

  private void reject(int column, String reason, List<RejectedRow> rejected) throws SQLException {
    StringBuilder original = new StringBuilder("{");
    for (int i = 0; i < table.types().size(); i++) {
      original.append(i == 0 ? "" : ",");
      JsonText.appendText(original, table.schema().column(i).name());
      original.append(':');
      String text = rows.getString(i + 1);
      if (text == null) {
        original.append("null");
      } else {
        JsonText.appendText(original, text);
      }
    }
    RejectedRow row =
        new RejectedRow(
            operation,
            original.append('}').toString(),
            "column " + table.schema().column(column).name() + ": " + reason);
    long hash = SeenRows.ofRefused(row);
    if (!seen.has(hash, hash)) {
      rejected.add(row);
      seen.add(hash, hash, Long.MIN_VALUE);
    }
  }

  /** The rows that were not delivered like this before; they are from now on. */
  private Batch unseen(Batch batch) {
    SeenRows.Hashes hashes = SeenRows.Hashes.of(batch, table.key());
    BatchBuilder left = new BatchBuilder(table.schema(), batch.rowCount());
    for (int row = 0; row < batch.rowCount(); row++) {
      long mark = SeenRows.mark(batch, table.markColumn(), row);
      highest = Math.max(highest, mark);
      if (!seen.has(hashes.keys()[row], hashes.rows()[row])) {
        left.append(batch, row, 1);
        seen.add(hashes.keys()[row], hashes.rows()[row], mark);
      }
    }
    return left.rowCount() == batch.rowCount() ? batch : left.build();
  }

  private TableChanges changes(Batch batch, List<RejectedRow> rejected) {
    int count = batch.rowCount();
    byte[] operations = new byte[count];
    Arrays.fill(operations, operation.code());
    int[] noBefore = new int[count];
    Arrays.fill(noBefore, -1);
    boolean[][] nothingMissing = new boolean[table.schema().columnCount()][];
    Arrays.fill(nothingMissing, Vector.NO_NULLS);
    return new TableChanges(
        table.table().name(),
        table.schemaVersion(),
        table.key(),
        operations,
        batch,
        nothingMissing,
        noBefore,
        Batch.empty(table.schema()),
        rejected);
  }

  PolledTable table() {
    return table;
  }

  /** Whether {@link #next} has given all. */
  boolean isAtEnd() {
    return isAtEnd;
  }

  /** The highest mark read; {@link Long#MIN_VALUE} when no row had one. */
  long highest() {
    return highest;
  }

  /** Rows read so far, those that were seen before too. */
  long rowsRead() {
    return read;
  }

  @Override
  public void close() throws SQLException {
    statement.close();
  }
}
