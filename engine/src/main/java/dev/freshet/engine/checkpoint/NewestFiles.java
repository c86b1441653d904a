package dev.freshet.engine.checkpoint;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Tells files apart that have one name, one after the other: an engine that is closed and opened
 * again in one process begins its spill files anew, and the garbage collector finds those of the
 * first only then. Safe for all threads.
 */
final class NewestFiles {
  private final Map<String, Object> newest = new ConcurrentHashMap<>();

  /** Makes a file, which takes the name over from one that had it. */
  <T> T create(String path, Object owner, Supplier<T> creation) {
    Object[] created = new Object[1];
    newest.compute(
        path,
        (_, _) -> {
          created[0] = creation.get();
          return owner;
        });
    @SuppressWarnings("unchecked") // what the creation gave
    T file = (T) created[0];
    return file;
  }

  /** Deletes the owner's file, unless another has its name by now. */
  void delete(String path, Object owner, Runnable deletion) {
    newest.computeIfPresent(
        path,
        (_, current) -> {
          if (!current.equals(owner)) {
            return current;
          }
          deletion.run();
          return null;
        });
  }
}
