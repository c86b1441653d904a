package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.type.Schema;
import java.util.Arrays;

/**
 * How the rows of an arrangement lie: by the 64-bit hash of the key columns, then the key columns,
 * then the sort columns, then all remaining columns. Rows equal in all of these are one row: their
 * weights are added, and so are their sum columns, which are no part of a row's identity.
 *
 * <pre>
 *   | hash of key | key columns | sort columns | other columns |  weight, sum columns (added up)
 *   '------------------------ identity ------------------------'
 * </pre>
 *
 * Immutable.
 */
public final class RowOrder {
  private static final int[] NONE = {};

  private final Schema schema;
  private final int[] key;
  private final int[] sums;
  private final int[] identity;
  private final int peerColumns;
  private final boolean[] descending;
  private final boolean[] nullsLast;
  private final String text;

  private RowOrder(
      Schema schema, int[] key, int[] sort, boolean[] descending, boolean[] nullsLast, int[] sums) {
    this.schema = schema;
    this.key = key;
    this.sums = sums;
    this.identity = identity(schema.columnCount(), key, sort, sums);
    this.peerColumns = peerColumns(key, sort);
    this.descending = new boolean[identity.length];
    this.nullsLast = new boolean[identity.length];
    for (int i = key.length; i < identity.length; i++) {
      int s = indexOf(sort, identity[i]);
      this.descending[i] = s >= 0 && descending[s];
      this.nullsLast[i] = s >= 0 && nullsLast[s];
    }
    this.text = describe(key, sort, descending, nullsLast, sums);
  }

  /** Rows found by the key columns, in the order of grouping within a key. */
  public static RowOrder byKey(Schema schema, int... key) {
    return new RowOrder(schema, key.clone(), NONE, new boolean[0], new boolean[0], NONE);
  }

  /** As {@link #byKey}; the sum columns are added up over rows equal in all other columns. */
  public static RowOrder withSums(Schema schema, int[] key, int[] sums) {
    return new RowOrder(schema, key.clone(), NONE, new boolean[0], new boolean[0], sums.clone());
  }

  /**
   * Rows found by the key columns, ordered within a key by the sort columns.
   *
   * @param descending per sort column, whether the greatest comes first
   * @param nullsLast per sort column, whether NULL comes last
   */
  public static RowOrder sorted(
      Schema schema, int[] key, int[] sort, boolean[] descending, boolean[] nullsLast) {
    return new RowOrder(
        schema, key.clone(), sort.clone(), descending.clone(), nullsLast.clone(), NONE);
  }

  public Schema schema() {
    return schema;
  }

  /** The key's columns; not to be written to. */
  public int[] key() {
    return key;
  }

  /** The columns that are added up; not to be written to. */
  int[] sums() {
    return sums;
  }

  /** A text that is equal for equal orders; names the state in checkpoints. */
  public String text() {
    return text;
  }

  /** The order of two rows whose key hashes are equal; 0 when they are one row. */
  int compare(Batch a, int rowA, Batch b, int rowB) {
    return compareColumns(0, identity.length, a, rowA, b, rowB);
  }

  /** The order of two rows of the same key; 0 when they are one row. */
  public int compareRows(Batch a, int rowA, Batch b, int rowB) {
    return compareWithinKey(a, rowA, b, rowB);
  }

  /** As {@link #compare} for two rows whose keys are known to be equal. */
  int compareWithinKey(Batch a, int rowA, Batch b, int rowB) {
    return compareColumns(key.length, identity.length, a, rowA, b, rowB);
  }

  /** The order of two rows of the same key by the sort columns alone. */
  int comparePeers(Batch a, int rowA, Batch b, int rowB) {
    return compareColumns(key.length, peerColumns, a, rowA, b, rowB);
  }

  private int compareColumns(int first, int end, Batch a, int rowA, Batch b, int rowB) {
    for (int i = first; i < end; i++) {
      Vector va = a.column(identity[i]);
      Vector vb = b.column(identity[i]);
      if (va instanceof LongVector x
          && vb instanceof LongVector y
          && x.nulls().length + y.nulls().length == 0) {
        // The commonest case by far, without the calls of the general one.
        int order = Long.compare(x.values()[rowA], y.values()[rowB]);
        if (order != 0) {
          return descending[i] ? -order : order;
        }
        continue;
      }
      int order = Rows.compare(va, rowA, vb, rowB);
      if (order != 0) {
        return direct(i, order, va.isNull(rowA) || vb.isNull(rowB));
      }
    }
    return 0;
  }

  private int direct(int i, int order, boolean nullInvolved) {
    boolean reversed = nullInvolved ? nullsLast[i] : descending[i];
    return reversed ? -order : order;
  }

  private static int[] identity(int columnCount, int[] key, int[] sort, int[] sums) {
    boolean[] taken = new boolean[columnCount];
    int[] order = Arrays.copyOf(key, key.length + columnCount);
    int count = key.length;
    for (int column : sums) {
      taken[column] = true;
    }
    for (int column : key) {
      taken[column] = true;
    }
    for (int column : sort) {
      if (!taken[column]) {
        taken[column] = true;
        order[count++] = column;
      }
    }
    for (int column = 0; column < columnCount; column++) {
      if (!taken[column]) {
        order[count++] = column;
      }
    }
    return Arrays.copyOf(order, count);
  }

  /** How many of the identity's columns are those of the key and the order. */
  private static int peerColumns(int[] key, int[] sort) {
    int count = key.length;
    for (int s = 0; s < sort.length; s++) {
      boolean isNew = indexOf(key, sort[s]) < 0 && indexOf(sort, sort[s]) == s;
      count += isNew ? 1 : 0;
    }
    return count;
  }

  private static int indexOf(int[] columns, int column) {
    for (int i = 0; i < columns.length; i++) {
      if (columns[i] == column) {
        return i;
      }
    }
    return -1;
  }

  private static String describe(
      int[] key, int[] sort, boolean[] descending, boolean[] nullsLast, int[] sums) {
    return "key"
        + Arrays.toString(key)
        + " sort"
        + Arrays.toString(sort)
        + Arrays.toString(descending)
        + Arrays.toString(nullsLast)
        + " sums"
        + Arrays.toString(sums);
  }
}
