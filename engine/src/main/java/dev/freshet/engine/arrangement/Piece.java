package dev.freshet.engine.arrangement;

import dev.freshet.core.error.Check;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sorted rows of which a chain consists: in memory, on disk, or both. Its rows never change; where
 * they lie does. Any thread may read it; only the engine's thread spills it, or the worker whose
 * merge made it.
 */
public final class Piece {
  private final int rowCount;
  private final long firstHash;
  private final long lastHash;
  private final long weight;
  private final boolean hasDeletes;
  private final long bytes;
  private volatile @Nullable Run resident;
  private volatile Spill.@Nullable Place place;
  private @Nullable KeyFilter filter;

  /** Set by readers without a fence: a lost mark only makes the piece leave memory earlier. */
  private boolean used = true;

  /** Rows in memory, at least one. */
  Piece(Run rows) {
    Check.that(!rows.isEmpty(), "a piece has rows");
    this.rowCount = rows.rowCount();
    this.firstHash = rows.hashes()[0];
    this.lastHash = rows.hashes()[rowCount - 1];
    this.weight = rows.weight();
    this.hasDeletes = rows.hasDeletes();
    this.bytes = rows.bytes();
    this.resident = rows;
  }

  /** The rows, read back when they are on disk only. */
  public Run rows() {
    Run rows = resident;
    if (rows != null) {
      used = true;
      return rows;
    }
    Spill.Place from = place;
    Check.that(from != null, "a piece is in memory or on disk");
    rows = java.util.Objects.requireNonNull(from).read();
    Check.that(rows.rowCount() == rowCount, "a piece keeps its rows", rows.rowCount(), rowCount);
    from.spill().wasRead(this, rows);
    return rows;
  }

  /** Whether some of the hashes may be among the rows; what is in memory is not asked. */
  boolean mayHave(long[] hashes, int from, int to) {
    KeyFilter known = filter;
    if (known == null || resident != null) {
      return true;
    }
    for (int i = from; i < to; i++) {
      if (known.mayHave(hashes[i])) {
        return true;
      }
    }
    return false;
  }

  /**
   * Writes the rows to disk, if they are not there, and gives up their memory.
   *
   * @return whether the rows are on disk; {@code false} when it is full, and then they stay in
   *     memory
   */
  public boolean spillTo(RowOrder order, Spill spill) {
    Run rows = resident;
    if (place == null && rows != null) {
      Optional<Spill.Place> written = spill.write(order, rows);
      if (written.isEmpty()) {
        return false;
      }
      filter = KeyFilter.of(rows.hashes(), rowCount);
      place = written.get();
    }
    resident = null;
    return true;
  }

  public boolean isResident() {
    return resident != null;
  }

  /** Keeps rows in memory that were read back. */
  public void keep(Run rows) {
    used = true;
    resident = rows;
  }

  /** Gives up the memory of rows that are on disk too. */
  public void release() {
    Check.that(place != null, "a piece is in memory or on disk");
    resident = null;
  }

  /** Whether the piece was read since the last call. */
  public boolean takeUsed() {
    boolean was = used;
    used = false;
    return was;
  }

  /** Whether the rows are on disk, whether or not they are in memory too. */
  public boolean isSpilled() {
    return place != null;
  }

  Spill.@Nullable Place place() {
    return place;
  }

  int rowCount() {
    return rowCount;
  }

  long firstHash() {
    return firstHash;
  }

  long lastHash() {
    return lastHash;
  }

  long weight() {
    return weight;
  }

  /** Whether there are rows of negative weight. */
  boolean hasDeletes() {
    return hasDeletes;
  }

  /** Bytes that the rows take in memory. */
  public long bytes() {
    return bytes;
  }

  /** Bytes that the piece takes in memory now. */
  long residentBytes() {
    KeyFilter known = filter;
    return (resident == null ? 0 : bytes) + (known == null ? 0 : known.bytes());
  }
}
