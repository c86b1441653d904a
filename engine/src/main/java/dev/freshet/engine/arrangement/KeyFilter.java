package dev.freshet.engine.arrangement;

/**
 * Tells for most hashes that a set does not have them, from about one byte for each hash in it: a
 * Bloom filter of which each hash uses one 64-bit word (Putze, Sanders, Singler: Cache-, Hash- and
 * Space-Efficient Bloom Filters, 2007). Of hashes that are not in the set about one in thirty
 * passes. Immutable.
 */
public final class KeyFilter {
  private static final int BITS_PER_HASH = 8;
  private static final long MIX = 0x9E3779B97F4A7C15L;

  private final long[] words;

  private KeyFilter(long[] words) {
    this.words = words;
  }

  /** A filter of the first {@code count} hashes. */
  public static KeyFilter of(long[] hashes, int count) {
    int size = Math.max(1, (int) Math.min(1 << 24, (long) count * BITS_PER_HASH / Long.SIZE));
    long[] words = new long[size];
    for (int i = 0; i < count; i++) {
      words[word(hashes[i], size)] |= bits(hashes[i]);
    }
    return new KeyFilter(words);
  }

  /** A filter that was made before, by its {@link #words}. */
  public static KeyFilter ofWords(long[] words) {
    return new KeyFilter(words);
  }

  /** What the filter consists of; not to be changed. */
  public long[] words() {
    return words;
  }

  boolean mayHave(long hash) {
    long bits = bits(hash);
    return (words[word(hash, words.length)] & bits) == bits;
  }

  long bytes() {
    return 8L * words.length;
  }

  /** The pieces of a chain share the high bits of their hashes, so all bits are mixed first. */
  private static int word(long hash, int size) {
    long mixed = hash * MIX;
    return (int) (((mixed >>> 32) * size) >>> 32);
  }

  private static long bits(long hash) {
    long mixed = hash * MIX;
    return 1L << (mixed & 63) | 1L << (mixed >>> 6 & 63) | 1L << (mixed >>> 12 & 63);
  }
}
