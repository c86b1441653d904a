package dev.freshet.log.embedded;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;

/**
 * Who is told what is durable. One that throws keeps neither the others nor the log from going on:
 * what is durable stays so, and the next commit tells it again. Safe for all threads.
 */
final class DurableListeners {
  private final List<LongConsumer> listeners = new CopyOnWriteArrayList<>();
  private volatile String failure = "";

  void add(LongConsumer listener) {
    listeners.add(listener);
  }

  void tell(long durableOffset) {
    for (LongConsumer listener : listeners) {
      try {
        listener.accept(durableOffset);
      } catch (RuntimeException e) {
        failure = Objects.requireNonNullElse(e.getMessage(), e.toString());
      }
    }
  }

  /** What a listener threw last; empty when none ever did. */
  String failure() {
    return failure;
  }
}
