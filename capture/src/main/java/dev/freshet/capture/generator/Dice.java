package dev.freshet.capture.generator;

/** Numbers that follow from a seed and a place alone, evenly spread (SplitMix64's mixing). */
final class Dice {
  private final long seed;

  Dice(long seed) {
    this.seed = seed;
  }

  /** 64 bits. */
  long bits(long stream, long index) {
    long mixed = seed + 0x9E3779B97F4A7C15L * (index + 1) + 0xD1B54A32D192ED03L * (stream + 1);
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  /** A whole number from 0 to {@code bound - 1}. */
  long below(long bound, long stream, long index) {
    return Long.remainderUnsigned(bits(stream, index), bound);
  }

  /** A number from 0 to less than 1. */
  double fraction(long stream, long index) {
    return (bits(stream, index) >>> 11) * 0x1.0p-53;
  }

  /** One of several. */
  @SafeVarargs
  final <T> T oneOf(long stream, long index, T... values) {
    return values[(int) below(values.length, stream, index)];
  }
}
