package dev.freshet.capture;

import dev.freshet.core.error.FreshetException;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tables of one source of which something is wanted, over restarts too; by their names in Freshet.
 * Safe for all threads.
 */
public final class NotedTables {
  /** Where they are kept, beside the log. Safe for all threads. */
  public interface Memory {
    /** What was remembered last; empty for nothing. */
    String recall();

    /** Replaces what is remembered, durably. */
    void remember(String note);
  }

  private final Memory memory;
  private volatile @Nullable Set<String> tables; // null before it was asked for

  public NotedTables(Memory memory) {
    this.memory = memory;
  }

  /** Remembered until the process ends. */
  public static NotedTables ofProcess() {
    AtomicReference<String> kept = new AtomicReference<>("");
    return new NotedTables(
        new Memory() {
          @Override
          public String recall() {
            return kept.get();
          }

          @Override
          public void remember(String note) {
            kept.set(note);
          }
        });
  }

  public Set<String> now() {
    Set<String> known = tables;
    return known == null ? load() : known;
  }

  private synchronized Set<String> load() {
    Set<String> known = tables;
    if (known == null) {
      known =
          memory
              .recall()
              .lines()
              .filter(line -> !line.isBlank())
              .collect(Collectors.toUnmodifiableSet());
      tables = known;
    }
    return known;
  }

  /**
   * Returns when that is durable.
   *
   * @throws FreshetException when it cannot be written; then nothing has changed
   */
  public synchronized void add(Collection<String> more) {
    Set<String> all = new TreeSet<>(now());
    all.addAll(more);
    become(all);
  }

  /** As {@link #add}. */
  public synchronized void remove(Collection<String> fewer) {
    Set<String> all = new TreeSet<>(now());
    all.removeAll(fewer);
    become(all);
  }

  /** Forgets the others. As {@link #add} otherwise. */
  public synchronized void retain(Collection<String> kept) {
    Set<String> left = new TreeSet<>(now());
    left.retainAll(kept);
    become(left);
  }

  private void become(Set<String> all) {
    if (!all.equals(now())) {
      memory.remember(String.join("\n", all));
      tables = Set.copyOf(all);
    }
  }
}
