package dev.freshet.engine.oracle;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A random table with its true content, kept by the plain meaning of each change. */
final class RandomTable {
  private final String name;
  private final RandomGenerator random;
  private final Schema schema;
  private final int[] key;
  private final Map<List<Object>, List<Object>> rows = new LinkedHashMap<>();
  private final List<List<Object>> bag = new ArrayList<>();
  private final Keep keep;

  /**
   * @param keyCount columns of the key, which come first; 0 for a bag
   */
  RandomTable(String name, RandomGenerator random, int keyCount) {
    this(name, random, keyCount, Keep.ALL);
  }

  /** A table without a key that only ever takes inserts. */
  static RandomTable stream(String name, RandomGenerator random) {
    return new RandomTable(name, random, 0, Keep.NONE);
  }

  private RandomTable(String name, RandomGenerator random, int keyCount, Keep keep) {
    this.name = name;
    this.keep = keep;
    this.random = random;
    this.key = new int[keyCount];
    List<Column> columns = new ArrayList<>();
    for (int k = 0; k < keyCount; k++) {
      key[k] = k;
      columns.add(Column.notNull("k" + k, k == 0 ? Simple.BIGINT : Simple.VARCHAR));
    }
    for (int c = 1 + random.nextInt(4); c > 0; c--) {
      DataType type = RandomPlans.TYPES.get(random.nextInt(RandomPlans.TYPES.size()));
      columns.add(Column.nullable("c" + columns.size(), type));
    }
    this.schema = new Schema(columns);
  }

  String name() {
    return name;
  }

  Schema schema() {
    return schema;
  }

  int[] key() {
    return key;
  }

  Keep keep() {
    return keep;
  }

  ZSet content() {
    ZSet set = new ZSet();
    rows.values().forEach(row -> set.add(normal(row), 1));
    bag.forEach(row -> set.add(normal(row), 1));
    return set;
  }

  private static List<Object> normal(List<Object> row) {
    List<Object> copy = new ArrayList<>(row);
    copy.replaceAll(value -> value instanceof Double d && d == 0 ? Double.valueOf(0.0) : value);
    return copy;
  }

  /** Random changes, which this table has then taken in itself. */
  TableChanges change(int count) {
    BatchBuilder changed = new BatchBuilder(schema, 0);
    BatchBuilder before = new BatchBuilder(schema, 0);
    List<Operation> operations = new ArrayList<>();
    List<Integer> beforeRows = new ArrayList<>();
    boolean[][] missing = new boolean[schema.columnCount()][count];
    for (int i = 0; i < count; i++) {
      beforeRows.add(-1);
      if (key.length == 0) {
        changeBag(changed, before, operations, beforeRows, i);
      } else {
        changeKeyed(changed, before, operations, beforeRows, missing, i);
      }
    }
    byte[] codes = new byte[count];
    for (int i = 0; i < count; i++) {
      codes[i] = operations.get(i).code();
    }
    Batch rowBatch = changed.build();
    for (int c = 0; c < missing.length; c++) {
      boolean any = false;
      for (boolean flag : missing[c]) {
        any |= flag;
      }
      missing[c] = any ? missing[c] : Vector.NO_NULLS;
    }
    int[] beforeArray = beforeRows.stream().mapToInt(Integer::intValue).toArray();
    return new TableChanges(
        name, 1, key, codes, rowBatch, missing, beforeArray, before.build(), List.of());
  }

  private void changeKeyed(
      BatchBuilder changed,
      BatchBuilder before,
      List<Operation> operations,
      List<Integer> beforeRows,
      boolean[][] missing,
      int i) {
    List<Object> row = randomRow();
    List<Object> rowKey = row.subList(0, key.length);
    int kind = random.nextInt(60);
    if (kind == 0) {
      operations.add(Operation.TRUNCATE);
      rows.clear();
      changed.row(1, new Object[schema.columnCount()]);
    } else if (kind < 20) {
      operations.add(Operation.DELETE);
      rows.remove(rowKey);
      changed.row(1, row.toArray());
    } else if (kind < 30 && !rows.isEmpty()) {
      List<Object> old = new ArrayList<>(rows.values()).get(random.nextInt(rows.size()));
      operations.add(Operation.UPDATE);
      beforeRows.set(i, before.rowCount());
      before.row(1, old.toArray());
      rows.remove(old.subList(0, key.length));
      rows.put(rowKey, row);
      changed.row(1, row.toArray());
    } else if (kind < 40 && rows.containsKey(rowKey) && schema.columnCount() > key.length) {
      int column = key.length + random.nextInt(schema.columnCount() - key.length);
      missing[column][i] = true;
      List<Object> sent = new ArrayList<>(row);
      sent.set(column, null);
      row.set(column, rows.get(rowKey).get(column));
      operations.add(Operation.UPDATE);
      rows.put(rowKey, row);
      changed.row(1, sent.toArray());
    } else {
      operations.add(
          List.of(Operation.INSERT, Operation.UPDATE, Operation.SNAPSHOT).get(random.nextInt(3)));
      rows.put(rowKey, row);
      changed.row(1, row.toArray());
    }
  }

  private void changeBag(
      BatchBuilder changed,
      BatchBuilder before,
      List<Operation> operations,
      List<Integer> beforeRows,
      int i) {
    List<Object> row = randomRow();
    boolean known = !bag.isEmpty() && keep == Keep.ALL;
    List<Object> old = known ? bag.get(random.nextInt(bag.size())) : row;
    int kind = keep == Keep.NONE ? 39 : random.nextInt(40);
    if (kind == 0) {
      operations.add(Operation.TRUNCATE);
      bag.clear();
      changed.row(1, new Object[schema.columnCount()]);
    } else if (kind < 14 && known) {
      operations.add(Operation.DELETE);
      bag.remove(old);
      changed.row(1, old.toArray());
    } else if (kind < 20 && known) {
      operations.add(Operation.UPDATE);
      beforeRows.set(i, before.rowCount());
      before.row(1, old.toArray());
      bag.remove(old);
      bag.add(row);
      changed.row(1, row.toArray());
    } else {
      operations.add(Operation.INSERT);
      bag.add(row);
      changed.row(1, row.toArray());
    }
  }

  private List<Object> randomRow() {
    Object[] row = new Object[schema.columnCount()];
    for (int c = 0; c < row.length; c++) {
      boolean inKey = c < key.length;
      row[c] =
          inKey && c == 0
              ? Long.valueOf(random.nextInt(25))
              : RandomPlans.value(random, schema.type(c), inKey ? 0 : 15);
    }
    return new ArrayList<>(Arrays.asList(row));
  }
}
