package dev.freshet.lake.keyed;

import java.util.Arrays;

/**
 * From the 128-bit hash of a key to the place of its live row: open addressing with linear probing
 * over three {@code long} arrays, 24 bytes a slot, at most two thirds full. One thread owns it.
 */
public final class KeyIndex {
  /** No row has this key. */
  public static final long NONE = -1;

  private static final int MIN_SLOTS = 64;
  private static final int SLOTS_MAX = 1 << 30;

  private long[] first;
  private long[] second;
  private long[] places;
  private int size;
  private int growAt;

  public KeyIndex(int expectedKeys) {
    long wanted = Math.max(MIN_SLOTS, expectedKeys * 3L / 2 + 1);
    allocate(Integer.highestOneBit((int) Math.min(SLOTS_MAX - 1L, wanted - 1)) << 1);
  }

  private void allocate(int slots) {
    first = new long[slots];
    second = new long[slots];
    places = new long[slots];
    Arrays.fill(places, NONE);
    growAt = (int) (slots * 2L / 3);
  }

  /** A place: a row of a numbered file. */
  public static long place(int file, long row) {
    return ((long) file << 32) | row;
  }

  public static int fileOf(long place) {
    return (int) (place >>> 32);
  }

  public static int rowOf(long place) {
    return (int) place;
  }

  public int size() {
    return size;
  }

  /** Bytes of heap. */
  public long bytes() {
    return places.length * 24L;
  }

  /** The place of the key's row, or {@link #NONE}. */
  public long find(long hash, long check) {
    return places[slotOf(hash, check)];
  }

  /** Sets the place of the key's row; returns the place before, or {@link #NONE}. */
  public long put(long hash, long check, long place) {
    int slot = slotOf(hash, check);
    long before = places[slot];
    if (before == NONE) {
      if (size == growAt) {
        grow();
        slot = slotOf(hash, check);
      }
      size++;
      first[slot] = hash;
      second[slot] = check;
    }
    places[slot] = place;
    return before;
  }

  /** Removes the key; returns the place of its row, or {@link #NONE}. */
  public long remove(long hash, long check) {
    int slot = slotOf(hash, check);
    long before = places[slot];
    if (before != NONE) {
      closeGap(slot);
      size--;
    }
    return before;
  }

  /** The slot of the key, or the empty one where it belongs. */
  private int slotOf(long hash, long check) {
    long[] keys = first;
    long[] checks = second;
    long[] values = places;
    int mask = values.length - 1;
    int slot = (int) hash & mask;
    while (values[slot] != NONE && (keys[slot] != hash || checks[slot] != check)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** Moves later entries of the same run back, so that no search ends too early. */
  private void closeGap(int emptied) {
    int mask = places.length - 1;
    int gap = emptied;
    int at = (gap + 1) & mask;
    while (places[at] != NONE) {
      int home = (int) first[at] & mask;
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        first[gap] = first[at];
        second[gap] = second[at];
        places[gap] = places[at];
        gap = at;
      }
      at = (at + 1) & mask;
    }
    places[gap] = NONE;
  }

  private void grow() {
    long[] oldFirst = first;
    long[] oldSecond = second;
    long[] oldPlaces = places;
    allocate(Math.multiplyExact(oldPlaces.length, 2));
    for (int i = 0; i < oldPlaces.length; i++) {
      if (oldPlaces[i] != NONE) {
        int slot = slotOf(oldFirst[i], oldSecond[i]);
        first[slot] = oldFirst[i];
        second[slot] = oldSecond[i];
        places[slot] = oldPlaces[i];
      }
    }
  }
}
