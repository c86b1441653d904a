package dev.freshet.capture.http;

import dev.freshet.capture.rows.RefusedRow;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.Check;
import dev.freshet.core.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The requests with idempotency keys that were written lately, with their answers: 50 to 110 bytes
 * each, and the reasons of refused rows. The oldest is forgotten when its time is over, or when
 * there are too many; the oldest with refused rows when their reasons are too much. One lock of its
 * owner guards it.
 *
 * <p>Entries lie in a ring in the order in which they came, each under a number that never returns;
 * a hash table with linear probing leads from the key to the number.
 */
final class KnownKeys {
  /** Bounds the memory of {@link #refused}. */
  private static final long REFUSED_BYTES_MAX = 64 << 20;

  /** Of a refused row beside its reason: two objects and an array. */
  private static final int ROW_BYTES = 80;

  private static final int CAPACITY_MIN = 64;
  private static final int FIELDS = 5;
  private static final int KEY_HIGH = 0;
  private static final int KEY_LOW = 1;
  private static final int DIGEST_HIGH = 2;
  private static final int DIGEST_LOW = 3;
  private static final int MICROS = 4;

  /** In {@link #accepted}: the entry is not known any more, and no longer in the table. */
  private static final int FORGOTTEN = -1;

  private final int countMax;
  private final long windowMicros;
  private final long refusedBytesMax;
  private long[] ring = new long[CAPACITY_MIN * FIELDS];
  private int[] accepted = new int[CAPACITY_MIN];

  /** Slot of the ring + 1; 0 for none. */
  private int[] table = new int[CAPACITY_MIN * 2];

  private final TreeMap<Long, List<RefusedRow>> refused = new TreeMap<>();
  private long refusedBytes;
  private int count;
  private long first;
  private long next;

  /** A request that is known, and its answer. */
  record Known(Digest digest, Posted answer) {}

  KnownKeys(int countMax, long windowMicros) {
    this(countMax, windowMicros, REFUSED_BYTES_MAX);
  }

  KnownKeys(int countMax, long windowMicros, long refusedBytesMax) {
    this.countMax = countMax;
    this.windowMicros = windowMicros;
    this.refusedBytesMax = refusedBytesMax;
  }

  int count() {
    return count;
  }

  /** When the oldest came in; {@code now} when there is none. */
  long oldestMicros(long now) {
    return first == next ? now : ring[at(first, MICROS)];
  }

  private int capacity() {
    return accepted.length;
  }

  private int slot(long number) {
    return (int) (number % capacity());
  }

  private int at(long number, int field) {
    return slot(number) * FIELDS + field;
  }

  Optional<Known> find(Digest key, long nowMicros) {
    forget(nowMicros);
    int mask = table.length - 1;
    for (int i = home(key.high()); table[i] != 0; i = i + 1 & mask) {
      int slot = table[i] - 1;
      int base = slot * FIELDS;
      if (ring[base + KEY_HIGH] == key.high() && ring[base + KEY_LOW] == key.low()) {
        Digest digest = new Digest(ring[base + DIGEST_HIGH], ring[base + DIGEST_LOW]);
        List<RefusedRow> rows = refused.getOrDefault(numberOf(slot), List.of());
        return Optional.of(
            new Known(digest, new Posted(Posted.Outcome.WRITTEN, accepted[slot], rows)));
      }
    }
    return Optional.empty();
  }

  private long numberOf(int slot) {
    long number = first - first % capacity() + slot;
    return number < first ? number + capacity() : number;
  }

  private int home(long keyHigh) {
    return (int) keyHigh & table.length - 1;
  }

  /** Adds a request that is not known. */
  void add(Digest key, Digest digest, long micros, int acceptedRows, List<RefusedRow> refusedRows) {
    forget(micros);
    if (next - first == countMax) {
      removeFirst();
    }
    if (next - first == capacity()) {
      grow();
    }
    int slot = slot(next);
    int base = slot * FIELDS;
    ring[base + KEY_HIGH] = key.high();
    ring[base + KEY_LOW] = key.low();
    ring[base + DIGEST_HIGH] = digest.high();
    ring[base + DIGEST_LOW] = digest.low();
    ring[base + MICROS] = micros;
    accepted[slot] = acceptedRows;
    count++;
    enter(slot);
    if (!refusedRows.isEmpty()) {
      refused.put(next, List.copyOf(refusedRows));
      refusedBytes += bytes(refusedRows);
    }
    next++;
    while (refusedBytes > refusedBytesMax) {
      remove(refused.firstKey());
    }
    passForgotten();
  }

  static long bytes(List<RefusedRow> rows) {
    return rows.stream().mapToLong(row -> ROW_BYTES + 2L * row.reason().length()).sum();
  }

  private void enter(int slot) {
    int mask = table.length - 1;
    int i = home(ring[slot * FIELDS + KEY_HIGH]);
    while (table[i] != 0) {
      i = i + 1 & mask;
    }
    table[i] = slot + 1;
  }

  private void forget(long nowMicros) {
    while (first < next && ring[at(first, MICROS)] < nowMicros - windowMicros) {
      removeFirst();
    }
  }

  private void removeFirst() {
    remove(first);
    passForgotten();
  }

  /** The first entry is one that is known. */
  private void passForgotten() {
    while (first < next && accepted[slot(first)] == FORGOTTEN) {
      first++;
    }
  }

  private void remove(long number) {
    int slot = slot(number);
    int mask = table.length - 1;
    int i = home(ring[slot * FIELDS + KEY_HIGH]);
    while (table[i] != slot + 1) {
      Check.that(table[i] != 0, "every entry stands in the table");
      i = i + 1 & mask;
    }
    closeGap(i, mask);
    accepted[slot] = FORGOTTEN;
    count--;
    List<RefusedRow> rows = refused.remove(number);
    refusedBytes -= rows == null ? 0 : bytes(rows);
  }

  /** Moves entries back over a gap that they were pushed past (Knuth 6.4, algorithm R). */
  private void closeGap(int gap, int mask) {
    int empty = gap;
    for (int i = gap + 1 & mask; table[i] != 0; i = i + 1 & mask) {
      int home = home(ring[(table[i] - 1) * FIELDS + KEY_HIGH]);
      boolean stays = empty <= i ? empty < home && home <= i : empty < home || home <= i;
      if (!stays) {
        table[empty] = table[i];
        empty = i;
      }
    }
    table[empty] = 0;
  }

  private void grow() {
    int larger = capacity() * 2;
    long[] newRing = new long[larger * FIELDS];
    int[] newAccepted = new int[larger];
    for (long number = first; number < next; number++) {
      int to = (int) (number % larger);
      System.arraycopy(ring, at(number, 0), newRing, to * FIELDS, FIELDS);
      newAccepted[to] = accepted[slot(number)];
    }
    ring = newRing;
    accepted = newAccepted;
    table = new int[larger * 2];
    for (long number = first; number < next; number++) {
      if (accepted[slot(number)] != FORGOTTEN) {
        enter(slot(number));
      }
    }
  }

  void write(ByteWriter out) {
    out.writeInt(count());
    for (long number = first; number < next; number++) {
      if (accepted[slot(number)] == FORGOTTEN) {
        continue;
      }
      for (int field = 0; field < FIELDS; field++) {
        out.writeLong(ring[at(number, field)]);
      }
      out.writeInt(accepted[slot(number)]);
      List<RefusedRow> rows = refused.getOrDefault(number, List.of());
      out.writeInt(rows.size());
      for (RefusedRow row : rows) {
        out.writeInt(row.index());
        out.writeText(row.code().name());
        out.writeText(row.reason());
      }
    }
  }

  void read(ByteReader in) {
    int count = in.readCount(FIELDS * 8 + 8);
    for (int i = 0; i < count; i++) {
      long[] fields = in.readLongs(FIELDS);
      int acceptedRows = in.readInt();
      int size = in.readCount(12);
      List<RefusedRow> rows = new ArrayList<>(size);
      for (int row = 0; row < size; row++) {
        rows.add(new RefusedRow(in.readInt(), ErrorCode.valueOf(in.readText()), in.readText()));
      }
      add(
          new Digest(fields[KEY_HIGH], fields[KEY_LOW]),
          new Digest(fields[DIGEST_HIGH], fields[DIGEST_LOW]),
          fields[MICROS],
          acceptedRows,
          rows);
    }
  }
}
