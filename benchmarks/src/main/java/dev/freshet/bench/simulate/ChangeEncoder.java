package dev.freshet.bench.simulate;

import dev.freshet.contracts.Contract;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Values;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Row changes as a source hands them over. */
final class ChangeEncoder {
  private final Contract contract;
  private final BatchBuilder rows;
  private final BatchBuilder before;
  private final List<Operation> operations = new ArrayList<>();
  private final List<Integer> beforeRows = new ArrayList<>();
  private final List<List<Integer>> missing = new ArrayList<>();

  private ChangeEncoder(Contract contract) {
    this.contract = contract;
    this.rows = new BatchBuilder(contract.schema(), 16);
    this.before = new BatchBuilder(contract.schema(), 4);
  }

  static List<TableChanges> encode(List<RowChange> changes) {
    Map<String, ChangeEncoder> encoders = new LinkedHashMap<>();
    for (RowChange change : changes) {
      encoders
          .computeIfAbsent(change.table(), table -> new ChangeEncoder(Shop.contract(table)))
          .add(change);
    }
    return encoders.values().stream().map(ChangeEncoder::build).toList();
  }

  private void add(RowChange change) {
    switch (change) {
      case RowChange.Insert insert -> add(Operation.INSERT, insert.row(), List.of(), -1);
      case RowChange.Update update -> {
        int beforeRow = update.movesKey() ? addBefore(update.oldKey()) : -1;
        add(Operation.UPDATE, update.row(), update.unsent(), beforeRow);
      }
      case RowChange.Delete delete -> {
        List<Integer> others = IntStream.range(1, columnCount()).boxed().toList();
        add(Operation.DELETE, keyOnly(delete.key()), others, -1);
      }
      case RowChange.Truncate _ ->
          add(Operation.TRUNCATE, Arrays.asList(new Object[columnCount()]), List.of(), -1);
    }
  }

  private int columnCount() {
    return contract.schema().columnCount();
  }

  private List<@Nullable Object> keyOnly(long key) {
    @Nullable Object[] row = new Object[columnCount()];
    row[0] = key;
    return Arrays.asList(row);
  }

  private int addBefore(long key) {
    append(before, keyOnly(key), List.of());
    return before.rowCount() - 1;
  }

  private void add(
      Operation operation, List<@Nullable Object> row, List<Integer> unsent, int beforeRow) {
    append(rows, row, unsent);
    operations.add(operation);
    missing.add(unsent);
    beforeRows.add(beforeRow);
  }

  private void append(BatchBuilder batch, List<@Nullable Object> row, List<Integer> unsent) {
    for (int column = 0; column < columnCount(); column++) {
      @Nullable Object cell = unsent.contains(column) ? null : row.get(column);
      Values.append(batch.column(column), contract.schema().type(column), cell);
    }
    batch.endRow(1);
  }

  private TableChanges build() {
    byte[] codes = new byte[operations.size()];
    boolean[][] masks = new boolean[columnCount()][codes.length];
    for (int row = 0; row < codes.length; row++) {
      codes[row] = operations.get(row).code();
      for (int column : missing.get(row)) {
        masks[column][row] = true;
      }
    }
    return new TableChanges(
        contract.table(),
        1,
        contract.keyColumns(),
        codes,
        rows.build(),
        masks,
        beforeRows.stream().mapToInt(Integer::intValue).toArray(),
        before.build(),
        List.of());
  }
}
