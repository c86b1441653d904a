package dev.freshet.lake;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.error.Check;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import dev.freshet.lake.catalog.StagedTable;
import dev.freshet.lake.keyed.KeyHash;
import dev.freshet.lake.keyed.KeyIndex;
import dev.freshet.lake.keyed.NetChanges;
import dev.freshet.lake.parquet.BatchFileWriter;
import dev.freshet.lake.parquet.FileColumn;
import dev.freshet.lake.parquet.WrittenFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table without a key, whose rows may repeat. Each copy is a row of its own, told apart by one
 * more column that counts the copies of a row from 1; so row and copy together are the key, and
 * every reader sees as many rows as there are.
 */
final class BagTable extends IndexedTable {
  /** The column that counts copies. */
  static final String OCCURRENCE = "_occurrence";

  private final int[] rowColumns;

  BagTable(StagedTable staged, Schema schema) {
    super(staged, schema, storedSchema(schema));
    this.rowColumns = new int[schema.columnCount()];
    Arrays.setAll(rowColumns, i -> i);
  }

  /** The given columns and the one that counts copies. */
  static Schema storedSchema(Schema schema) {
    List<Column> columns = new ArrayList<>(schema.columns());
    columns.add(Column.notNull(OCCURRENCE, DataType.Simple.BIGINT));
    return new Schema(columns);
  }

  @Override
  List<FileColumn> keyColumns() {
    return columns();
  }

  @Override
  Batch keysOf(Batch stored) {
    return stored;
  }

  @Override
  StoredKeys hashKeys(Batch keys) {
    KeyHash rows = KeyHash.of(keys, rowColumns);
    long[] occurrences = ((LongVector) keys.column(rowColumns.length)).values();
    long[] first = new long[keys.rowCount()];
    long[] second = new long[keys.rowCount()];
    for (int i = 0; i < first.length; i++) {
      first[i] = KeyHash.extend(rows.first()[i], occurrences[i]);
      second[i] = KeyHash.extend(rows.second()[i], occurrences[i]);
    }
    return new StoredKeys(first, second);
  }

  @Override
  @Nullable WrittenFile writeDelta(long step, TableFiles live, PublishCounts counts) {
    List<Batch> batches = new ArrayList<>();
    for (Handover.Entry<Batch> entry : handover().upTo(step)) {
      batches.add(entry.delta());
    }
    NetChanges changes = NetChanges.of(batches, rowColumns);
    BatchFileWriter writer = null;
    try {
      for (int b = 0; b < batches.size(); b++) {
        Copies copies = apply(changes, b, live, writer == null ? 0 : writer.rows(), counts);
        if (copies.count > 0) {
          writer = writer == null ? newWriter() : writer;
          writer.append(copies.of(batches.get(b)), identity(copies.count), copies.count);
        }
      }
      return writer == null ? null : writer.finish();
    } finally {
      if (writer != null) {
        writer.close();
      }
    }
  }

  private Copies apply(
      NetChanges changes, int batch, TableFiles live, long base, PublishCounts counts) {
    Copies copies = new Copies();
    long[] sums = changes.sums(batch);
    KeyHash hashes = changes.hashes(batch);
    KeyIndex index = index();
    for (int row = 0; row < sums.length; row++) {
      if (sums[row] == 0) {
        continue;
      }
      long first = hashes.first()[row];
      long second = hashes.second()[row];
      long present = occurrences(index, first, second);
      for (long copy = present + 1; copy <= present + sums[row]; copy++) {
        index.put(
            KeyHash.extend(first, copy),
            KeyHash.extend(second, copy),
            KeyIndex.place(live.nextId(), base + copies.count));
        copies.add(row, copy);
      }
      for (long copy = present; copy > Math.max(0, present + sums[row]); copy--) {
        long old = index.remove(KeyHash.extend(first, copy), KeyHash.extend(second, copy));
        Check.that(old != KeyIndex.NONE, "copies are counted without gaps", copy, present);
        live.delete(KeyIndex.fileOf(old), KeyIndex.rowOf(old));
        counts.deleted(1);
      }
    }
    return copies;
  }

  /** How many copies the table has: they are numbered from 1 without gaps. */
  private static long occurrences(KeyIndex index, long first, long second) {
    long below = 0;
    long above = 1;
    while (has(index, first, second, above)) {
      below = above;
      above *= 2;
    }
    while (above - below > 1) {
      long middle = (below + above) >>> 1;
      if (has(index, first, second, middle)) {
        below = middle;
      } else {
        above = middle;
      }
    }
    return below;
  }

  private static boolean has(KeyIndex index, long first, long second, long copy) {
    return index.find(KeyHash.extend(first, copy), KeyHash.extend(second, copy)) != KeyIndex.NONE;
  }

  private static int[] identity(int count) {
    int[] rows = new int[count];
    Arrays.setAll(rows, i -> i);
    return rows;
  }

  /** Rows to write, with the number of each copy. */
  private final class Copies {
    private int[] rows = new int[16];
    private long[] occurrences = new long[16];
    private int count;

    void add(int row, long occurrence) {
      if (count == rows.length) {
        rows = Arrays.copyOf(rows, count * 2);
        occurrences = Arrays.copyOf(occurrences, count * 2);
      }
      rows[count] = row;
      occurrences[count++] = occurrence;
    }

    Batch of(Batch batch) {
      Batch gathered = Rows.gather(batch, rows, count);
      Vector[] vectors = Arrays.copyOf(gathered.columns(), rowColumns.length + 1);
      vectors[rowColumns.length] = new LongVector(occurrences, Vector.NO_NULLS, count);
      return new Batch(storedSchema(schema()), vectors, gathered.weights(), count);
    }
  }
}
