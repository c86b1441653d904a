package dev.freshet.runtime.system;

import java.util.ArrayDeque;

/** What to close, newest first, when a start fails half-way. One thread owns it. */
final class Undo {
  private final ArrayDeque<Runnable> actions = new ArrayDeque<>();

  void add(Runnable action) {
    actions.push(action);
  }

  /** Runs all actions; what they throw is added to the cause. */
  void run(Throwable cause) {
    while (!actions.isEmpty()) {
      try {
        actions.pop().run();
      } catch (RuntimeException e) {
        cause.addSuppressed(e);
      }
    }
  }
}
