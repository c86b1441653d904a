package dev.freshet.database;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a query: what it says is true for one step. Rows are read from columns as they are
 * asked for. Immutable; any thread may read it.
 */
public final class QueryResult implements Iterable<Row> {
  private final long step;
  private final Batch rows;

  QueryResult(long step, Batch rows) {
    this.step = step;
    this.rows = rows;
  }

  /** The step that the answer is true for. */
  public long step() {
    return step;
  }

  public Schema schema() {
    return rows.schema();
  }

  /** The rows as columns: the fast way to read many. A weight above 1 counts equal rows. */
  public Batch batch() {
    return rows;
  }

  /** How many rows there are. */
  public long rowCount() {
    long count = 0;
    for (int row = 0; row < rows.rowCount(); row++) {
      count += rows.weight(row);
    }
    return count;
  }

  /** The rows in the order that the query asks for; equal rows come each. */
  @Override
  public Iterator<Row> iterator() {
    return new RowIterator(rows);
  }

  public Stream<Row> stream() {
    return StreamSupport.stream(spliterator(), false);
  }

  /** All rows as boxed values, for small answers. */
  public List<@Nullable Object[]> rows() {
    List<@Nullable Object[]> all = new ArrayList<>();
    for (Row row : this) {
      all.add(row.values());
    }
    return all;
  }

  /**
   * The only row.
   *
   * @throws FreshetException {@link ErrorCode#NOT_FOUND} when there is none or more than one
   */
  public Row single() {
    long count = rowCount();
    if (count != 1) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND, "Cannot take the only row: the answer has " + count + " rows.");
    }
    return new Row(rows, 0);
  }

  private static final class RowIterator implements Iterator<Row> {
    private final Batch rows;
    private int row;
    private long repeated;

    RowIterator(Batch rows) {
      this.rows = rows;
    }

    @Override
    public boolean hasNext() {
      return row < rows.rowCount();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Row next = new Row(rows, row);
      if (++repeated >= rows.weight(row)) {
        row++;
        repeated = 0;
      }
      return next;
    }
  }
}
