package dev.freshet.demo;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.batch.Values;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a bronze table, in any order. Those of the keys that are asked for are replayed;
 * of all others only a sum is kept, which is 0 when each row that came has gone: a history is much
 * larger than its table. One thread owns it.
 */
final class BronzeChanges {
  private final List<String> names;
  private final int[] key;
  private final LongPredicate replayed;
  private final BronzeReplay replay;
  private final ChangePlaces places = new ChangePlaces();

  /** Of the hashes of their keys: plus one for each that came, minus one for each that went. */
  private long others;

  private boolean canCountOthers = true;

  /**
   * @param names the table's columns
   * @param key positions in {@code names}
   * @param replayed which hashes of keys are replayed
   */
  BronzeChanges(List<String> names, int[] key, LongPredicate replayed) {
    this.names = List.copyOf(names);
    this.key = key.clone();
    this.replayed = replayed;
    this.replay = new BronzeReplay(names, key);
  }

  /** Takes rows of the bronze table. */
  void add(Batch batch) {
    int[] keyColumns = new int[key.length];
    for (int i = 0; i < key.length; i++) {
      keyColumns[i] = batch.schema().indexOf(names.get(key[i]));
    }
    long[] hashes = Hashing.hashRows(batch, keyColumns);
    for (int row = 0; row < batch.rowCount(); row++) {
      long offset = number(batch, row, "_log_offset");
      long logRow = number(batch, row, "_log_row");
      places.add(offset, logRow);
      String operation = String.valueOf(cell(batch, row, "_op"));
      boolean isTruncate = operation.equals("truncate");
      if (isTruncate || replayed.test(hashes[row])) {
        Object unchanged = cell(batch, row, "_unchanged");
        replay.add(
            offset,
            logRow,
            operation,
            cells(batch, row, names),
            unchanged instanceof List<?> list ? list : List.of());
        canCountOthers &= !isTruncate; // what it took away does not show
      } else {
        others += (hashes[row] | 1) * weight(operation);
      }
    }
  }

  private static int weight(String operation) {
    return switch (operation) {
      case "insert", "snapshot" -> 1;
      case "delete" -> -1;
      default -> 0;
    };
  }

  /** Whether all rows of the keys that were not replayed have gone. */
  boolean othersAreGone() {
    return canCountOthers && others == 0;
  }

  /** The first record of the log whose changes are not there once each. */
  OptionalLong firstWrongRecord() {
    return places.firstWrong();
  }

  /** The rows that the replayed changes come to. */
  List<@Nullable Object[]> rows() {
    return replay.rows();
  }

  static @Nullable Object[] cells(Batch batch, int row, List<String> names) {
    @Nullable Object[] cells = new Object[names.size()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = cell(batch, row, names.get(i));
    }
    return cells;
  }

  private static long number(Batch batch, int row, String column) {
    return cell(batch, row, column) instanceof Number number ? number.longValue() : -1;
  }

  private static @Nullable Object cell(Batch batch, int row, String name) {
    int column = batch.schema().indexOf(name);
    return Values.read(batch.schema().type(column), batch.column(column), row);
  }
}
