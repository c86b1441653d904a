package dev.freshet.measure;

/**
 * The events of {@code ./bench windows}, each a key, a value and a time that follow from its
 * number: 100,000 events a second of event time, 10,000 keys that are equally likely.
 */
public final class WindowEvents {
  public static final int KEYS = 10_000;
  public static final long TUMBLE_MILLIS = 1_000;
  public static final long HOP_MILLIS = 10_000;
  public static final long SLIDE_MILLIS = 2_000;

  /** Of a key there is an event every 100 ms in the mean. */
  public static final long SESSION_GAP_MILLIS = 200;

  /** How long after its end a window is taken to be complete. */
  public static final long LAG_MILLIS = 4_000;

  /** 2026-01-01T00:00:00Z. */
  private static final long START_MILLIS = 1_767_225_600_000L;

  private static final int EVENTS_A_MILLI = 100;
  private static final int VALUES = 1_000;

  private WindowEvents() {}

  public static long key(long number) {
    return Long.remainderUnsigned(mix(number), KEYS);
  }

  public static long value(long number) {
    return (mix(number) >>> 40) % VALUES;
  }

  public static long millis(long number) {
    return START_MILLIS + number / EVENTS_A_MILLI;
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
  private static long mix(long number) {
    long z = (number + 1) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
