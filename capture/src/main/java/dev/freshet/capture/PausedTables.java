package dev.freshet.capture;

import dev.freshet.core.error.FreshetException;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The tables of one source that are left alone until they are resumed, over restarts too. Safe for
 * all threads.
 */
public final class PausedTables {
  private final NotedTables tables;
  private Set<String> noticed = Set.of(); // guarded by this

  public PausedTables(NotedTables.Memory memory) {
    this(new NotedTables(memory));
  }

  private PausedTables(NotedTables tables) {
    this.tables = tables;
  }

  /** Remembered until the process ends. */
  public static PausedTables ofProcess() {
    return new PausedTables(NotedTables.ofProcess());
  }

  /** By their names in Freshet. */
  public Set<String> now() {
    return tables.now();
  }

  public boolean contains(String table) {
    return now().contains(table);
  }

  /**
   * Leaves these alone too; returns when that is durable.
   *
   * @throws FreshetException when it cannot be written; then nothing has changed
   */
  public void pause(Collection<String> more) {
    tables.add(more);
  }

  /** Leaves these alone no longer; returns when that is durable. As {@link #pause} otherwise. */
  public void resume(Collection<String> fewer) {
    tables.remove(fewer);
  }

  /**
   * Forgets those that the source has no more, so that they are not found paused when they come
   * again.
   *
   * @param all tables of the source
   */
  public void retain(Collection<String> all) {
    tables.retain(all);
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
}
