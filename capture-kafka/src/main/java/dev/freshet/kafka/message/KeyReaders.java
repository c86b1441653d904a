package dev.freshet.kafka.message;

import dev.freshet.capture.rows.ByteBudget;
import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.RowsBuilder;
import dev.freshet.capture.rows.TextCells;
import dev.freshet.capture.rows.Utf8;
import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/** What readers of keys have in common, and that of plain texts. */
final class KeyReaders {
  private KeyReaders() {}

  static boolean isMissing(RowsBuilder rows, int[] key) {
    for (int column : key) {
      if (!rows.isFilled(column)) {
        return true;
      }
    }
    return false;
  }

  static boolean isKey(int[] key, int column) {
    for (int each : key) {
      if (each == column) {
        return true;
      }
    }
    return false;
  }

  /** A key without names can only be that of a single column. */
  static void requireOne(int[] key, Contract contract) {
    if (key.length != 1) {
      throw new CellProblem(
          ErrorCode.ROW_MALFORMED,
          "its key is a single value, and the key of "
              + contract.table()
              + " has "
              + key.length
              + " columns");
    }
  }

  /** The text of the only column of the key. */
  record Text(RowsBuilder rows, Contract contract, int[] key, ByteBudget budget)
      implements KeyReader {
    @Override
    public void fillMissing(byte @Nullable [] bytes) {
      if (bytes == null || !isMissing(rows, key)) {
        return;
      }
      requireOne(key, contract);
      int column = key[0];
      rows.fills(column);
      try {
        if (Utf8.firstInvalid(bytes, 0, bytes.length) >= 0) {
          throw CellProblem.value("its bytes are no UTF-8");
        }
        TextCells.appendField(
            rows.column(column), contract.schema().type(column), bytes, 0, bytes.length, budget);
      } catch (CellProblem e) {
        rows.failed(column, e);
      }
    }
  }

  /** Of keys that say nothing. */
  static final KeyReader NONE = _ -> {};
}
