package dev.freshet.testing.simulation;

import java.util.zip.CRC32C;

/**
 * A running hash of everything that happened in a simulation: the same seed must give the same
 * hash. Thread-safe.
 */
public final class Trace {
  private long hash = 0x9e37_79b9_7f4a_7c15L;
  private long count;

  /** Adds one event. */
  public synchronized void add(String event, long value) {
    hash = mix(hash ^ event.hashCode());
    hash = mix(hash ^ value);
    count++;
  }

  /** Adds one event about bytes, of which each counts. */
  public synchronized void add(String event, byte[] bytes, int start, int count) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, start, count);
    add(event, crc.getValue() << 32 | count);
  }

  /** Events so far. */
  public synchronized long count() {
    return count;
  }

  public synchronized long hash() {
    return hash;
  }

  /** The finaliser of MurmurHash3: every bit of the input changes half of the output. */
  private static long mix(long value) {
    long x = value + 0x9e37_79b9_7f4a_7c15L;
    x = (x ^ (x >>> 33)) * 0xff51_afd7_ed55_8ccdL;
    x = (x ^ (x >>> 33)) * 0xc4ce_b9fe_1a85_ec53L;
    return x ^ (x >>> 33);
  }
}
