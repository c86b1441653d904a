package dev.freshet.engine.arrangement;

import dev.freshet.core.error.Check;
import java.util.Arrays;
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
  private volatile long bytes;
  private volatile @Nullable Run resident;
  private volatile Spill.@Nullable Place place;
  private volatile @Nullable KeyFilter filter;

  /** Where the rows lie for good, so that giving up their memory writes nothing. */
  private final Spill.@Nullable Place home;

  /** What was read in parts since the whole was; a count that is lost makes no difference. */
  private long partBytes;

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
    this.home = null;
  }

  /**
   * Rows that lie in a file that stays; they are read when they are first asked for.
   *
   * @param facts what is known of them without reading them
   */
  public Piece(Facts facts, Spill.Place home) {
    Check.that(facts.rowCount() > 0, "a piece has rows");
    this.rowCount = facts.rowCount();
    this.firstHash = facts.firstHash();
    this.lastHash = facts.lastHash();
    this.weight = facts.weight();
    this.hasDeletes = facts.hasDeletes();
    this.bytes = facts.bytes();
    this.filter = facts.filter();
    this.place = home;
    this.home = home;
  }

  /**
   * What is known of a piece that is on disk.
   *
   * @param weight the sum of the rows' weights
   * @param bytes about how many bytes of memory the rows take
   */
  public record Facts(
      int rowCount,
      long firstHash,
      long lastHash,
      long weight,
      boolean hasDeletes,
      long bytes,
      KeyFilter filter) {}

  /** The rows, read back when they are on disk only. */
  public Run rows() {
    while (true) {
      Run rows = resident;
      if (rows != null) {
        used = true;
        return rows;
      }
      Spill.Place from = place;
      if (from != null) { // else another thread took the rows into memory in between
        return read(from);
      }
    }
  }

  private Run read(Spill.Place from) {
    Run rows = from.read();
    Check.that(rows.rowCount() == rowCount, "a piece keeps its rows", rows.rowCount(), rowCount);
    from.spill().wasRead(this, rows);
    return rows;
  }

  /**
   * The rows of some hashes, perhaps with others among them, in order: of a piece on disk no more
   * is read than has to be, until as much was read as the piece has; then it is read as a whole.
   *
   * @param hashes ascending between {@code from} and {@code to}
   * @return empty when there are no such rows
   */
  Optional<Run> rows(long[] hashes, int from, int to) {
    Spill.Place in = place;
    if (resident != null || in == null) {
      return Optional.of(rows());
    }
    long[] wanted = present(hashes, from, to);
    if (wanted.length == 0) {
      return Optional.empty();
    }
    partBytes += in.bytesOf(wanted);
    if (partBytes < bytes) {
      return Optional.of(in.read(wanted));
    }
    partBytes = 0;
    return Optional.of(rows());
  }

  /** Those hashes that may be among the rows. */
  private long[] present(long[] hashes, int from, int to) {
    KeyFilter known = filter;
    long[] found = new long[to - from];
    int count = 0;
    for (int i = from; i < to; i++) {
      if (known == null || known.mayHave(hashes[i])) {
        found[count++] = hashes[i];
      }
    }
    return Arrays.copyOf(found, count);
  }

  /**
   * Writes the rows to disk, if they are not there, and gives up their memory.
   *
   * @return whether the rows are on disk; {@code false} when it is full, and then they stay in
   *     memory
   */
  public boolean spillTo(RowOrder order, Spill spill) {
    Run rows = resident;
    if (place == null && rows != null && home != null) {
      filter = KeyFilter.of(rows.hashes(), rowCount);
      place = home;
    }
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
    bytes = rows.bytes();
    resident = rows;
  }

  /** Whether the rows lie in a file that stays, so that nothing is written to give up memory. */
  public boolean hasHome() {
    return home != null;
  }

  /**
   * Takes rows of a file that stays into memory, as new state is: without the filter, and not to be
   * read in parts. {@link #spillTo} gives their memory up again.
   */
  public void adopt(Run rows) {
    Check.that(home != null, "rows of a file that stays");
    keep(rows);
    place = null;
    filter = null;
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

  /** Where the rows lie when they are not in memory too. */
  Spill.@Nullable Place placeOnDiskOnly() {
    Spill.Place known = place;
    return resident == null ? known : null;
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
