package dev.freshet.capture.rows;

import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.type.Schema;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The columns of a table by the names that senders write. Immutable; safe for all threads. */
public final class TableFields {
  /** Says what the row does. */
  public static final int CHANGE = -1;

  /** Is left out. */
  public static final int IGNORED = -2;

  private static final int COLUMNS_NAMED_MAX = 20;

  private final Contract contract;
  private final UnknownFields unknown;
  private final byte[][] names;
  private final Map<String, Integer> indexes = new HashMap<>();

  /** For messages: they are kept, so they must not be as long as a table is wide. */
  private final String firstNames;

  public TableFields(Contract contract, UnknownFields unknown) {
    this.contract = contract;
    this.unknown = unknown;
    Schema schema = contract.schema();
    this.names = new byte[schema.columnCount()][];
    for (int i = 0; i < names.length; i++) {
      names[i] = schema.column(i).name().getBytes(StandardCharsets.UTF_8);
      indexes.put(schema.column(i).name(), i);
    }
    indexes.putIfAbsent(RowChange.FIELD, CHANGE);
    this.firstNames =
        schema.names().stream().limit(COLUMNS_NAMED_MAX).collect(Collectors.joining(", "))
            + (names.length > COLUMNS_NAMED_MAX
                ? " and " + (names.length - COLUMNS_NAMED_MAX) + " more"
                : "");
  }

  public Contract contract() {
    return contract;
  }

  /**
   * The column of this name, {@link #CHANGE} or {@link #IGNORED}.
   *
   * @param expected the column that probably comes; any number
   * @throws CellProblem when there is none
   */
  int index(byte[] text, int start, int end, int expected) {
    if (expected >= 0 && expected < names.length) {
      byte[] name = names[expected];
      if (name.length == end - start && Arrays.equals(name, 0, name.length, text, start, end)) {
        return expected;
      }
    }
    return index(TextCells.string(text, start, end));
  }

  /** As {@link #index(byte[], int, int, int)}. */
  public int index(String name) {
    Integer index = indexes.get(name);
    if (index != null) {
      return index;
    }
    if (unknown == UnknownFields.IGNORE) {
      return IGNORED;
    }
    throw new CellProblem(
        ErrorCode.CONTRACT_VIOLATED,
        "there is no column "
            + TextCells.fragment(name)
            + " in table "
            + contract.table()
            + "; its columns are "
            + firstNames);
  }

  /** The column of this name, or {@link #IGNORED}. */
  int indexOfAttribute(String name) {
    int index = indexes.getOrDefault(name, IGNORED);
    return index == CHANGE ? IGNORED : index;
  }
}
