package dev.freshet.demo;

import dev.freshet.runtime.system.FreshetSystem;
import dev.freshet.serve.backend.SystemStatus.SourceStatus;
import java.util.concurrent.TimeUnit;

/** Positions in PostgreSQL's write-ahead log, and waiting for one. */
public final class Positions {
  private Positions() {}

  /** As PostgreSQL writes it, such as {@code 0/16B3748}. */
  public static String text(long position) {
    return String.format("%X/%X", position >>> 32, position & 0xFFFFFFFFL);
  }

  static long parse(String text) {
    int slash = text.indexOf('/');
    return slash < 0
        ? 0
        : Long.parseLong(text.substring(0, slash), 16) << 32
            | Long.parseLong(text.substring(slash + 1), 16);
  }

  /**
   * Waits until all sources that read a write-ahead log have received it up to this position, and
   * all of it is visible.
   */
  public static boolean await(FreshetSystem system, long position, long seconds)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (System.nanoTime() < deadline) {
      boolean received =
          system.status().sources().stream()
              .filter(source -> source.kind().equals("postgres"))
              .map(SourceStatus::position)
              .allMatch(text -> Long.compareUnsigned(parse(text), position) >= 0);
      if (received) {
        return system.awaitApplied(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return false;
  }
}
