package dev.freshet.capture.poll;

import dev.freshet.capture.jdbc.JdbcErrors;
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
final class TableReading {
  private static final int FETCH_ROWS = 1_000;

  /** About what the values of one piece may take; a row is at least this long with it. */
  private static final long PIECE_BYTES = 4 << 20;

  private static final int VALUE_BYTES = 8;

  /** The columns are not those that were described. */
  static final class ShapeChanged extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final PolledTable table;
  private final SeenRows seen;
  private final Operation operation;
  private final PreparedStatement statement;
  private final ResultSet rows;
  private final long cap;
  private final boolean emptiesFirst;
  private boolean isAtEnd;
  private boolean isBegun;
  private long pieceBytes;
  private long highest = SeenRows.NO_MARK;

  private TableReading(
      PolledTable table,
      SeenRows seen,
      Question question,
      PreparedStatement statement,
      ResultSet rows) {
    this.cap = question.cap();
    this.emptiesFirst = question.emptiesFirst();
    this.table = table;
    this.seen = seen;
    this.operation = question.operation();
    this.statement = statement;
    this.rows = rows;
  }

  /**
   * What is asked for.
   *
   * @param lowerBound rows whose mark is not below it; {@link SeenRows#NO_MARK} for all rows, those
   *     without a mark too
   * @param cap higher marks are not believed
   * @param operation what the rows are to the log
   * @param emptiesFirst whether all that the log has of the table is to go
   */
  record Question(long lowerBound, long cap, Operation operation, boolean emptiesFirst) {}

  /**
   * Asks.
   *
   * @throws ShapeChanged when the table must be described anew
   */
  static TableReading ask(
      Connection connection, PolledTable table, SeenRows seen, Question question)
      throws SQLException {
    boolean isWhole = question.lowerBound() == SeenRows.NO_MARK;
    String sql = table.select() + (isWhole ? "" : " WHERE " + table.quotedMark() + " >= ?");
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      statement.setFetchSize(fetchSize(connection));
      if (!isWhole) {
        table.mark().set(statement, question.lowerBound());
      }
      ResultSet rows = statement.executeQuery();
      if (!table.describes(rows.getMetaData())) {
        throw new ShapeChanged();
      }
      return new TableReading(table, seen, question, statement, rows);
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  /** Connector/J reads the whole answer into memory with any other. */
  private static int fetchSize(Connection connection) throws SQLException {
    boolean isConnectorJ = connection.getMetaData().getDriverName().startsWith("MySQL Connector");
    return isConnectorJ ? Integer.MIN_VALUE : FETCH_ROWS;
  }

  /** The next rows; empty ones when all that is left was seen before. */
  TableChanges next(int rowsMax) throws SQLException {
    BatchBuilder batch = new BatchBuilder(table.schema(), FETCH_ROWS);
    List<RejectedRow> rejected = new ArrayList<>();
    pieceBytes = 0;
    while (batch.rowCount() + rejected.size() < rowsMax && pieceBytes < PIECE_BYTES) {
      if (!rows.next()) {
        isAtEnd = true;
        break;
      }
      read(batch, rejected);
    }
    boolean empties = emptiesFirst && !isBegun;
    isBegun = true;
    return changes(unseen(batch.build(), empties), rejected, empties);
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
        pieceBytes += bytes(values[column]);
        Values.append(batch.column(column), table.schema().type(column), values[column]);
      }
      batch.endRow(1);
    } catch (SQLException e) {
      if (!JdbcErrors.mayBeOfAValue(e)) {
        throw e;
      }
      batch.abandonRow();
      reject(column, JdbcErrors.text(e), rejected);
    } catch (FreshetException e) {
      batch.abandonRow();
      reject(column, String.valueOf(e.getMessage()), rejected);
    }
  }

  private static long bytes(@Nullable Object value) {
    return switch (value) {
      case String text -> text.length();
      case byte[] bytes -> bytes.length;
      case null, default -> VALUE_BYTES;
    };
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
      seen.add(hash, hash, markOfRefused());
    }
  }

  /** It may be just the mark that cannot be read. */
  private long markOfRefused() {
    try {
      int column = table.markColumn();
      return table.mark().value(table.types().get(column).reader().read(rows, column + 1));
    } catch (SQLException | RuntimeException e) {
      return highest;
    }
  }

  /** The rows that were not delivered like this before; they are to be delivered now. */
  private Batch unseen(Batch batch, boolean empties) {
    SeenRows.Hashes hashes = SeenRows.Hashes.of(batch, table.key());
    BatchBuilder left = new BatchBuilder(table.schema(), batch.rowCount() + 1);
    if (empties) {
      for (int column = 0; column < table.schema().columnCount(); column++) {
        left.column(column).appendNull();
      }
      left.endRow(1);
    }
    for (int row = 0; row < batch.rowCount(); row++) {
      long mark = SeenRows.mark(batch, table.markColumn(), row);
      if (mark <= cap) {
        highest = Math.max(highest, mark);
      }
      if (!seen.has(hashes.keys()[row], hashes.rows()[row])) {
        left.append(batch, row, 1);
        seen.add(hashes.keys()[row], hashes.rows()[row], mark);
      }
    }
    return left.build();
  }

  private TableChanges changes(Batch batch, List<RejectedRow> rejected, boolean empties) {
    int count = batch.rowCount();
    byte[] operations = new byte[count];
    Arrays.fill(operations, operation.code());
    if (empties) {
      operations[0] = Operation.TRUNCATE.code();
    }
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

  /** The highest mark read that is believed; {@link SeenRows#NO_MARK} when there was none. */
  long highest() {
    return highest;
  }

  PreparedStatement statement() {
    return statement;
  }
}
