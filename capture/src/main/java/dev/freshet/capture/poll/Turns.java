package dev.freshet.capture.poll;

import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.retry.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whose turn it is to be asked for. A table that failed waits longer each time. */
final class Turns {
  private final List<Turn> turns = new ArrayList<>();
  private final Duration every;
  private final Clock clock;
  private @Nullable Turn current;

  private static final class Turn {
    private final String table;
    private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30));

    /** For what is not mended by waiting: someone has to do something first. */
    private final Backoff patience = new Backoff(Duration.ofSeconds(10), Duration.ofMinutes(5));

    private long dueNanos;

    Turn(String table, long dueNanos) {
      this.table = table;
      this.dueNanos = dueNanos;
    }
  }

  Turns(List<String> tables, Duration every, Clock clock) {
    this.every = every;
    this.clock = clock;
    tables.forEach(table -> turns.add(new Turn(table, clock.nanos())));
  }

  /** The table that has waited longest for its time; {@code null} when none has come. */
  @Nullable String begin() {
    Turn first = first();
    boolean isDue = first.dueNanos - clock.nanos() <= 0;
    current = isDue ? first : null;
    return isDue ? first.table : null;
  }

  /** The table that is asked for, or was last. */
  @Nullable String current() {
    Turn turn = current;
    return turn == null ? null : turn.table;
  }

  private Turn first() {
    Turn first = turns.getFirst();
    for (Turn turn : turns) {
      first = turn.dueNanos - first.dueNanos < 0 ? turn : first;
    }
    return first;
  }

  /** Its answer is delivered. */
  void ended() {
    Turn turn = current;
    if (turn != null) {
      turn.backoff.reset();
      turn.patience.reset();
      turn.dueNanos = clock.nanos() + every.toNanos();
    }
  }

  /** It has none, and is asked for again later. */
  void failed(boolean retryHelps) {
    Turn turn = current;
    if (turn != null) {
      long millis = (retryHelps ? turn.backoff : turn.patience).nextMillis();
      turn.dueNanos = clock.nanos() + millis * 1_000_000;
    }
  }

  /** When the next turn is. */
  Next next() {
    return new Next.After(Math.max(0, first().dueNanos - clock.nanos()));
  }
}
