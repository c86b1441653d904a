package dev.freshet.lake;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.error.Check;
import dev.freshet.core.type.Schema;
import dev.freshet.lake.catalog.StagedTable;
import dev.freshet.lake.keyed.KeyHash;
import dev.freshet.lake.keyed.KeyIndex;
import dev.freshet.lake.parquet.BatchFileReader;
import dev.freshet.lake.parquet.FileColumn;
import java.util.List;

/** A table whose rows are found by an index, so that updates and deletes become vectors at once. */
abstract sealed class IndexedTable extends LakeTable permits KeyedTable, BagTable {
  private final Handover<Batch> handover = new Handover<>();
  private KeyIndex index = new KeyIndex(0);

  IndexedTable(StagedTable staged, Schema schema, Schema stored) {
    super(staged, schema, stored);
  }

  @Override
  final Handover<Batch> handover() {
    return handover;
  }

  final KeyIndex index() {
    return index;
  }

  /** The stored columns that make the key, in the order of {@link #keyHash}. */
  abstract List<FileColumn> keyColumns();

  /** The hashes of the keys of a batch of {@link #keyColumns()}. */
  abstract StoredKeys hashKeys(Batch keys);

  /** The key columns of a batch of all stored columns. */
  abstract Batch keysOf(Batch stored);

  /** Two hashes per row. */
  @SuppressWarnings("ArrayRecordComponent") // read-only, never compared
  record StoredKeys(long[] first, long[] second) {
    static StoredKeys of(KeyHash hash) {
      return new StoredKeys(hash.first(), hash.second());
    }
  }

  @Override
  final void loadIndex(TableFiles loaded) {
    long rows = loaded.liveRows();
    KeyIndex built = new KeyIndex(Math.toIntExact(rows));
    for (DataFileState file : loaded.live()) {
      try (BatchFileReader reader = new BatchFileReader(staged().files(), file.file().location())) {
        long base = 0;
        while (reader.hasNext()) {
          Batch keys = reader.next(keyColumns());
          StoredKeys hashes = hashKeys(keys);
          for (int row = 0; row < keys.rowCount(); row++) {
            if (!file.deleted().contains((int) base + row)) {
              built.put(
                  hashes.first()[row], hashes.second()[row], KeyIndex.place(file.id(), base + row));
            }
          }
          base += keys.rowCount();
        }
      }
    }
    Check.that(built.size() == rows, "every live row has its own key", built.size(), rows);
    index = built;
  }

  @Override
  final void moved(
      Batch batch, int[] rows, int count, int oldFile, long oldBase, int newFile, long newBase) {
    StoredKeys hashes = hashKeys(keysOf(batch));
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      long before =
          index.put(
              hashes.first()[row], hashes.second()[row], KeyIndex.place(newFile, newBase + i));
      Check.that(
          before == KeyIndex.place(oldFile, oldBase + row),
          "the index knew where a live row lay",
          before,
          oldBase + row);
    }
  }
}
