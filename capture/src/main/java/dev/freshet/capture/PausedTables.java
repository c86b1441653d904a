package dev.freshet.capture;

import dev.freshet.core.error.FreshetException;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tables of one source that are left alone until they are resumed, over restarts too. Safe for
 * all threads.
 */
public final class PausedTables {
  /** Where they are kept, beside the log. Safe for all threads. */
  public interface Memory {
    /** What was remembered last; empty for nothing. */
    String recall();

    /** Replaces what is remembered, durably. */
    void remember(String note);
  }

  private final Memory memory;
  private volatile @Nullable Set<String> tables; // null before it was asked for
  private Set<String> noticed = Set.of(); // guarded by this

  public PausedTables(Memory memory) {
    this.memory = memory;
  }

  /** Remembered until the process ends. */
  public static PausedTables ofProcess() {
    AtomicReference<String> kept = new AtomicReference<>("");
    return new PausedTables(
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

  /** By their names in Freshet. */
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

  public boolean contains(String table) {
    return now().contains(table);
  }

  /**
   * Leaves these alone too; returns when that is durable.
   *
   * @throws FreshetException when it cannot be written; then nothing has changed
   */
  public synchronized void pause(Collection<String> more) {
    Set<String> all = new TreeSet<>(now());
    all.addAll(more);
    become(all);
  }

  /** Leaves these alone no longer; returns when that is durable. As {@link #pause} otherwise. */
  public synchronized void resume(Collection<String> fewer) {
    Set<String> all = new TreeSet<>(now());
    all.removeAll(fewer);
    become(all);
  }

  /**
   * Forgets those that the source has no more, so that they are not found paused when they come
   * again.
   *
   * @param all tables of the source
   */
  public synchronized void retain(Collection<String> all) {
    Set<String> left = new TreeSet<>(now());
    left.retainAll(all);
    become(left);
  }

  /** The running source leaves these alone from now on, and no others. */
  public synchronized void noticed(Set<String> leftAlone) {
    noticed = leftAlone;
    notifyAll();
  }

  /**
   * Waits until the running source leaves alone what it is to; {@code false} when it has not come
   * to that in time, as when it is not connected, or reads its first snapshot.
   */
  public synchronized boolean awaitNoticed(long millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!noticed.equals(now())) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  private void become(Set<String> all) {
    if (!all.equals(now())) {
      memory.remember(String.join("\n", all));
      tables = Set.copyOf(all);
    }
  }
}
