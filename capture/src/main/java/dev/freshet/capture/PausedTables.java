package dev.freshet.capture;

import dev.freshet.core.error.FreshetException;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * The tables of one source that are left alone until they are resumed, over restarts too. Safe for
 * all threads.
 *
 * <p>Tables that are taken out of a running source are left alone as well, as long as the process
 * runs: the next one does not know them any more.
 */
public final class PausedTables {
  private final NotedTables tables;
  private volatile Set<String> takenOut = Set.of();
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

  /** Those that are paused, by their names in Freshet. */
  public Set<String> now() {
    return without(tables.now(), takenOut);
  }

  /** Those that are paused, and those that are of the source no more. */
  public Set<String> leftAlone() {
    Set<String> gone = takenOut;
    return gone.isEmpty() ? tables.now() : union(tables.now(), gone);
  }

  /** Those that are of the source no more. */
  public Set<String> takenOut() {
    return takenOut;
  }

  public boolean contains(String table) {
    return now().contains(table);
  }

  /**
   * Leaves these alone too; returns when that is durable. Not those that were taken out meanwhile:
   * they would be found paused when they come again.
   *
   * @throws FreshetException when it cannot be written; then nothing has changed
   */
  public synchronized void pause(Collection<String> more) {
    tables.add(without(Set.copyOf(more), takenOut));
  }

  /** Leaves these alone no longer; returns when that is durable. As {@link #pause} otherwise. */
  public void resume(Collection<String> fewer) {
    tables.remove(fewer);
  }

  /** From now on these are of the source no more. Whoever says so wakes the source. */
  public synchronized void takeOut(Collection<String> gone) {
    takenOut = union(takenOut, gone);
  }

  /** They are of the source again. As {@link #takeOut}. */
  public synchronized void takeBack(Collection<String> back) {
    takenOut = without(takenOut, back);
  }

  private static Set<String> union(Set<String> some, Collection<String> more) {
    Set<String> all = new TreeSet<>(some);
    all.addAll(more);
    return Set.copyOf(all);
  }

  private static Set<String> without(Set<String> all, Collection<String> fewer) {
    if (fewer.isEmpty()) {
      return all;
    }
    Set<String> left = new TreeSet<>(all);
    left.removeAll(fewer);
    return Set.copyOf(left);
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
    while (!noticed.equals(leftAlone())) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
