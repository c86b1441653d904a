package dev.freshet.engine.aggregate;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.batch.Rows;
import java.util.Arrays;

/**
 * The rows of a batch numbered by group, by hashing. Groups are numbered by first appearance.
 * Immutable once made.
 */
public final class Groups {
  private final Batch batch;
  private final int[] columns;
  private final int[] groupOf;
  private final int[] table;
  private int[] firstRows;
  private long[] hashes;
  private int count;

  private Groups(Batch batch, int[] columns) {
    int rows = batch.rowCount();
    this.batch = batch;
    this.columns = columns;
    this.groupOf = new int[rows];
    this.table = new int[Integer.highestOneBit(Math.max(4, rows)) * 4];
    this.firstRows = new int[Math.min(16, rows)];
    this.hashes = new long[Math.min(16, rows)];
  }

  /** Groups the rows that are equal in these columns; without columns all rows are one group. */
  public static Groups of(Batch batch, int[] columns) {
    Groups groups = new Groups(batch, columns);
    groups.number(Hashing.hashRows(batch, columns));
    return groups;
  }

  private void number(long[] rowHashes) {
    int mask = table.length - 1;
    for (int row = 0; row < groupOf.length; row++) {
      long hash = rowHashes[row];
      int slot = (int) hash & mask;
      int group;
      while (true) {
        group = table[slot] - 1;
        if (group < 0) {
          group = add(hash, row);
          table[slot] = group + 1;
          break;
        }
        if (hashes[group] == hash
            && Rows.equal(batch, row, columns, batch, firstRows[group], columns)) {
          break;
        }
        slot = slot + 1 & mask;
      }
      groupOf[row] = group;
    }
  }

  private int add(long hash, int row) {
    if (count == firstRows.length) {
      firstRows = Arrays.copyOf(firstRows, count * 2);
      hashes = Arrays.copyOf(hashes, count * 2);
    }
    firstRows[count] = row;
    hashes[count] = hash;
    return count++;
  }

  /** The groups of the rows of another batch, all of which must be there. */
  public int[] locate(Batch other, int[] otherColumns) {
    long[] rowHashes = Hashing.hashRows(other, otherColumns);
    int[] located = new int[other.rowCount()];
    int mask = table.length - 1;
    for (int row = 0; row < located.length; row++) {
      int slot = (int) rowHashes[row] & mask;
      int group = table[slot] - 1;
      while (group < 0
          || hashes[group] != rowHashes[row]
          || !Rows.equal(other, row, otherColumns, batch, firstRows[group], columns)) {
        dev.freshet.core.error.Check.that(group >= 0, "a group's parts change with the group");
        slot = slot + 1 & mask;
        group = table[slot] - 1;
      }
      located[row] = group;
    }
    return located;
  }

  public int count() {
    return count;
  }

  /** The group of each row; not to be written to. */
  public int[] groupOf() {
    return groupOf;
  }

  /** The hash of each group's key; not to be written to. */
  public long[] hashes() {
    return hashes;
  }

  /** A row of each group; not to be written to. */
  public int[] firstRows() {
    return firstRows;
  }
}
