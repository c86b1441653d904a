package dev.freshet.lake;

import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/** A live data file and its deleted rows. Owned by the publisher's thread. */
final class DataFileState {
  private final int id;
  private final DataFile file;
  private final RoaringBitmap deleted;
  private @Nullable DeleteFile vector;
  private boolean changed;

  DataFileState(int id, DataFile file, RoaringBitmap deleted, @Nullable DeleteFile vector) {
    this.id = id;
    this.file = file;
    this.deleted = deleted;
    this.vector = vector;
  }

  int id() {
    return id;
  }

  DataFile file() {
    return file;
  }

  RoaringBitmap deleted() {
    return deleted;
  }

  /** The deletion vector in the table now. */
  @Nullable DeleteFile vector() {
    return vector;
  }

  void delete(int row) {
    deleted.add(row);
    changed = true;
  }

  /** Whether rows were deleted that {@link #vector()} does not know of. */
  boolean isChanged() {
    return changed;
  }

  void replaceVector(DeleteFile newVector) {
    vector = newVector;
    changed = false;
  }

  long liveRows() {
    return file.recordCount() - deleted.getLongCardinality();
  }
}
