package dev.freshet.bench.logictest;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.database.Freshet;
import dev.freshet.database.Transaction;
import dev.freshet.testing.property.Draws;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The rows of a table, and random changes to them. One thread owns it. */
final class TableContent {
  private final String table;
  private final Schema schema;
  private final int[] key;

  /** By key, as text. */
  private final Map<String, @Nullable Object[]> rows = new TreeMap<>();

  TableContent(String table, Schema schema, int[] key) {
    this.table = table;
    this.schema = schema;
    this.key = key.clone();
  }

  /** All rows of the table in a database. */
  static TableContent read(Freshet freshet, String table, int[] key) {
    TableContent content = new TableContent(table, freshet.schema(table), key);
    freshet.scan(
        table,
        (Batch batch) -> {
          for (int row = 0; row < batch.rowCount(); row++) {
            content.put(Values.readRow(batch, row));
          }
        });
    return content;
  }

  /** A row that is put in the place of the one with its key, or taken away. */
  record Change(TableContent content, Kind kind, @Nullable Object[] row) {
    enum Kind {
      UPSERT,
      DELETE
    }

    void applyTo(Transaction transaction) {
      switch (kind) {
        case UPSERT -> {
          transaction.upsert(content.table, row);
          content.put(row);
        }
        case DELETE -> {
          transaction.delete(content.table, content.keyOf(row));
          content.rows.remove(content.keyText(row));
        }
      }
    }
  }

  /**
   * Changes that lead away from the target: rows come, go and change.
   *
   * @param most how many, at most
   */
  List<Change> away(TableContent target, int most, Draws draws) {
    List<@Nullable Object[]> there = List.copyOf(rows.values());
    List<@Nullable Object[]> samples = List.copyOf(target.rows.values());
    List<Change> changes = new ArrayList<>();
    int count = draws.between(1, Math.clamp(samples.size(), 1, most));
    for (int i = 0; i < count; i++) {
      @Nullable Object[] row = mixed(samples, draws);
      if (there.isEmpty() || draws.chance(0.4)) {
        changes.add(new Change(this, Change.Kind.UPSERT, row));
      } else if (draws.chance(0.5)) {
        changes.add(new Change(this, Change.Kind.DELETE, draws.pick(there)));
      } else {
        @Nullable Object[] known = draws.pick(there);
        for (int column : key) {
          row[column] = known[column];
        }
        changes.add(new Change(this, Change.Kind.UPSERT, row));
      }
    }
    return changes;
  }

  /** The changes that lead to the target, in a random order. */
  List<Change> to(TableContent target, Draws draws) {
    List<Change> changes = new ArrayList<>();
    rows.forEach((known, row) -> {
      if (!target.rows.containsKey(known)) {
        changes.add(new Change(this, Change.Kind.DELETE, row));
      }
    });
    target.rows.forEach((wanted, row) -> {
      if (!Arrays.equals(rows.get(wanted), row)) {
        changes.add(new Change(this, Change.Kind.UPSERT, row));
      }
    });
    shuffle(changes, draws);
    return changes;
  }

  static void shuffle(List<Change> changes, Draws draws) {
    Collections.shuffle(changes, java.util.Random.from(draws.random()));
  }

  private void put(@Nullable Object[] row) {
    rows.put(keyText(row), row);
  }

  private @Nullable Object[] keyOf(@Nullable Object[] row) {
    @Nullable Object[] values = new @Nullable Object[key.length];
    Arrays.setAll(values, i -> row[key[i]]);
    return values;
  }

  private String keyText(@Nullable Object[] row) {
    return Arrays.toString(keyOf(row));
  }

  /** A row of values that stand in different rows, and of some that stand in none. */
  private @Nullable Object[] mixed(Collection<@Nullable Object[]> from, Draws draws) {
    List<@Nullable Object[]> samples = List.copyOf(from);
    @Nullable Object[] row = new @Nullable Object[schema.columnCount()];
    for (int c = 0; c < row.length; c++) {
      int column = c;
      boolean isKey = Arrays.stream(key).anyMatch(k -> k == column);
      if (samples.isEmpty() || draws.chance(isKey ? 0.5 : 0.1)) {
        row[c] = other(c, draws);
      } else if (isKey || draws.chance(0.9)) {
        row[c] = draws.pick(samples)[c];
      }
    }
    return row;
  }

  private Object other(int column, Draws draws) {
    int number = draws.between(-20, 2000);
    return switch (schema.type(column)) {
      case Simple simple when simple == Simple.VARCHAR -> "x" + number;
      case Simple simple when simple == Simple.DOUBLE -> number / 4.0;
      default -> (long) number;
    };
  }
}
