package dev.freshet.capture.postgres;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Finds a table's key again after its shape has changed. */
final class ReplicaKeys {
  private ReplicaKeys() {}

  /**
   * The columns of the replica identity when it is a part of the row; with REPLICA IDENTITY FULL
   * the primary key when it is known, else the key of before if its columns are still there; else
   * all columns.
   *
   * @param primaryKey positions, empty when not known
   */
  static int[] keyOf(
      TableShape before, List<PgColumn> columns, boolean[] identity, Supplier<int[]> primaryKey) {
    int[] flagged = IntStream.range(0, identity.length).filter(i -> identity[i]).toArray();
    if (flagged.length > 0 && flagged.length < identity.length) {
      return flagged;
    }
    int[] known = primaryKey.get();
    if (known.length > 0) {
      return known;
    }
    int[] kept =
        Arrays.stream(before.key())
            .map(key -> indexOf(columns, before.columns().get(key)))
            .toArray();
    boolean allThere = Arrays.stream(kept).allMatch(index -> index >= 0);
    return allThere ? kept : IntStream.range(0, columns.size()).toArray();
  }

  private static int indexOf(List<PgColumn> columns, PgColumn wanted) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(wanted.name())) {
        return i;
      }
    }
    return -1;
  }
}
