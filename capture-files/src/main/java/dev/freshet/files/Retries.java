package dev.freshet.files;

import dev.freshet.core.port.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Files that could not be read though nothing says that they are damaged: each is tried again, less
 * and less often, and keeps no other file from being read. One thread owns it.
 */
final class Retries {
  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int DOUBLED_MAX = 6;

  private final Clock clock;
  private final Map<String, Failure> failures = new TreeMap<>();

  private record Failure(String reason, int count, long untilNanos) {}

  Retries(Clock clock) {
    this.clock = clock;
  }

  /** The file could not be read. */
  void failed(String path, String reason) {
    Failure before = failures.get(path);
    int count = before == null ? 0 : Math.min(before.count() + 1, DOUBLED_MAX);
    failures.put(path, new Failure(reason, count, clock.nanos() + (FIRST_NANOS << count)));
  }

  void succeeded(String path) {
    failures.remove(path);
  }

  /** Whether it may be tried. */
  boolean isDue(String path) {
    Failure failure = failures.get(path);
    return failure == null || failure.untilNanos() - clock.nanos() <= 0;
  }

  /** Forgets all others: they are gone. */
  void retain(Predicate<String> isThere) {
    failures.keySet().removeIf(isThere.negate());
  }

  /** What cannot be read; empty when all can. */
  Optional<String> text() {
    return failures.entrySet().stream()
        .findFirst()
        .map(first ->
            first.getKey()
                + " cannot be read, and is tried again now and then"
                + (failures.size() == 1 ? ": " : ", as " + (failures.size() - 1) + " more: ")
                + first.getValue().reason());
  }
}
