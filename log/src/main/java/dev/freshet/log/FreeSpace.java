package dev.freshet.log;

import dev.freshet.core.error.Check;
import dev.freshet.core.port.Clock;
import java.util.function.LongSupplier;

/**
 * Whether the disk of a log still has the room that is to stay free: for checkpoints and for what
 * was taken already, so that the disk is never full. Whoever appends asks first, and does not
 * append while it is short. Looks at the disk at most once a second. Safe for all threads.
 */
public final class FreeSpace {
  private static final long LOOK_NANOS = 1_000_000_000L;

  private final LongSupplier disk;
  private final long keptBytes;
  private final Clock clock;
  private boolean looked;
  private long lookedNanos;
  private long bytes;

  /**
   * @param disk asked for the bytes that can still be written
   * @param keptBytes that are to stay free; 0 for none
   */
  public FreeSpace(LongSupplier disk, long keptBytes, Clock clock) {
    Check.that(keptBytes >= 0, "kept bytes are not negative");
    this.disk = disk;
    this.keptBytes = keptBytes;
    this.clock = clock;
  }

  /** Whether less is free than is to stay free, as of at most a second ago. */
  public boolean isShort() {
    return keptBytes > 0 && bytes() < keptBytes;
  }

  /** Bytes that can still be written, as of at most a second ago. */
  public synchronized long bytes() {
    long now = clock.nanos();
    if (!looked || now - lookedNanos > LOOK_NANOS) {
      bytes = disk.getAsLong();
      looked = true;
      lookedNanos = now;
    }
    return bytes;
  }

  /** Bytes that are to stay free. */
  public long keptBytes() {
    return keptBytes;
  }
}
