package dev.freshet.lake;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.type.Schema;
import dev.freshet.lake.catalog.StagedTable;
import dev.freshet.lake.keyed.KeyHash;
import dev.freshet.lake.keyed.KeyIndex;
import dev.freshet.lake.keyed.LastChanges;
import dev.freshet.lake.parquet.BatchFileWriter;
import dev.freshet.lake.parquet.FileColumn;
import dev.freshet.lake.parquet.WrittenFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table with at most one row per key. */
final class KeyedTable extends IndexedTable {
  private final int[] key;

  KeyedTable(StagedTable staged, Schema schema, int[] key) {
    super(staged, schema, schema);
    this.key = key.clone();
  }

  @Override
  List<FileColumn> keyColumns() {
    return Arrays.stream(key).mapToObj(columns()::get).toList();
  }

  @Override
  StoredKeys hashKeys(Batch keys) {
    int[] all = new int[key.length];
    Arrays.setAll(all, i -> i);
    return StoredKeys.of(KeyHash.of(keys, all));
  }

  @Override
  Batch keysOf(Batch stored) {
    return stored.select(key);
  }

  @Override
  @Nullable WrittenFile writeDelta(long step, TableFiles live, PublishCounts counts) {
    List<Handover.Entry<Batch>> entries = handover().upTo(step);
    List<Batch> batches = new ArrayList<>(entries.size());
    long[] steps = new long[entries.size()];
    for (int i = 0; i < steps.length; i++) {
      batches.add(entries.get(i).delta());
      steps[i] = entries.get(i).step();
    }
    LastChanges changes = LastChanges.of(name(), batches, steps, key);
    BatchFileWriter writer = null;
    try {
      for (int b = 0; b < steps.length; b++) {
        int[] inserted = new int[batches.get(b).rowCount()];
        long base = writer == null ? 0 : writer.rows();
        int count = apply(batches.get(b), changes, b, inserted, live, base, counts);
        if (count > 0) {
          writer = writer == null ? newWriter() : writer;
          writer.append(batches.get(b), inserted, count);
        }
      }
      return writer == null ? null : writer.finish();
    } finally {
      if (writer != null) {
        writer.close();
      }
    }
  }

  /** Moves the index on and marks old rows; returns how many rows are to be written. */
  private int apply(
      Batch batch,
      LastChanges changes,
      int number,
      int[] inserted,
      TableFiles live,
      long base,
      PublishCounts counts) {
    boolean[] deciding = changes.deciding(number);
    long[] first = changes.hashes(number).first();
    long[] second = changes.hashes(number).second();
    long[] weights = batch.weights();
    KeyIndex index = index();
    int newFile = live.nextId();
    int count = 0;
    int deleted = 0;
    for (int row = 0; row < batch.rowCount(); row++) {
      if (!deciding[row]) {
        continue;
      }
      long old;
      if (weights[row] > 0) {
        old = index.put(first[row], second[row], KeyIndex.place(newFile, base + count));
        inserted[count++] = row;
      } else {
        old = index.remove(first[row], second[row]);
      }
      if (old != KeyIndex.NONE) {
        live.delete(KeyIndex.fileOf(old), KeyIndex.rowOf(old));
        deleted++;
      }
    }
    counts.deleted(deleted);
    return count;
  }
}
