package dev.freshet.engine.workers;

import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs parts of work that do not depend on each other on several threads. Who asks for it works
 * too: it takes one part after the other as the workers do, and waits only for parts that one of
 * them has begun.
 *
 * <pre>
 *   parts    0  1  2  3  4  5  6  7      each is taken by who comes first
 *   caller   0     2  3        6         results stand in the order of the parts,
 *   worker      1        4  5     7      whoever made them
 * </pre>
 *
 * <p>So nothing here can wait for itself: under a {@link Scheduler} that runs all in one thread the
 * caller does all parts, and a part may ask for parts of its own. Workers are tasks of the
 * scheduler; they start when there is first something to share. Safe for all threads.
 */
public final class Workers implements AutoCloseable {
  /** No threads: who asks for work does it. */
  public static final Workers NONE = new Workers(null, WorkerSettings.ONE);

  /** Parts for each worker, so that one with less to do takes more of them. */
  private static final int PARTS_PER_WORKER = 4;

  private static final long JOIN_MILLIS = 10_000;

  private final @Nullable Scheduler scheduler;
  private final WorkerSettings settings;
  private final Queue<Job<?>> jobs = new ConcurrentLinkedQueue<>();
  private volatile List<Scheduler.Handle> tasks = List.of();
  private boolean closed;

  private Workers(@Nullable Scheduler scheduler, WorkerSettings settings) {
    this.scheduler = scheduler;
    this.settings = settings;
  }

  /**
   * Workers that are tasks of the scheduler: one fewer than the settings say, beside the caller.
   */
  public static Workers of(Scheduler scheduler, WorkerSettings settings) {
    return new Workers(scheduler, settings);
  }

  /** Threads that work at once. */
  public int count() {
    return settings.count();
  }

  /** In how many parts work over so many rows is best done; 1 when it is not worth sharing. */
  public int parts(int rows) {
    return parts(rows, settings.partRows());
  }

  /** In how many parts to do it when so few rows are worth a part of their own. */
  public int parts(int rows, int partRows) {
    return count() == 1 ? 1 : Math.clamp(rows / partRows, 1, PARTS_PER_WORKER * count());
  }

  /**
   * Does the parts 0 to {@code parts - 1}; returns their results in this order.
   *
   * @param work on any thread, several parts at once: it changes nothing that another part sees
   * @throws RuntimeException what the first part that failed threw, when all parts have ended
   */
  public <T> List<T> map(int parts, IntFunction<T> work) {
    Job<T> job = new Job<>(parts, work);
    if (parts > 1 && count() > 1) {
      List<Scheduler.Handle> started = started();
      jobs.add(job);
      for (int i = 0; i < Math.min(parts - 1, started.size()); i++) {
        started.get(i).wake();
      }
      job.help();
      jobs.remove(job);
      job.await();
    } else {
      job.help();
    }
    return job.results();
  }

  /**
   * Does two things, at once if there are two workers; neither changes what the other sees. Either
   * may share its own work.
   *
   * @throws RuntimeException what the first threw, or else the second, when both have ended
   */
  public void both(Runnable first, Runnable second) {
    List<Runnable> all = List.of(first, second);
    map(
        all.size(),
        i -> {
          all.get(i).run();
          return i;
        });
  }

  private List<Scheduler.Handle> started() {
    List<Scheduler.Handle> known = tasks;
    return known.isEmpty() ? start() : known;
  }

  private synchronized List<Scheduler.Handle> start() {
    if (tasks.isEmpty() && !closed && scheduler != null) {
      List<Scheduler.Handle> started = new ArrayList<>();
      for (int i = 1; i < count(); i++) {
        started.add(scheduler.start("worker " + i, this::help));
      }
      tasks = List.copyOf(started);
    }
    return tasks;
  }

  /** What a worker does each time it is woken. */
  private Next help() {
    Job<?> job = jobs.peek();
    if (job == null) {
      return Next.WHEN_WOKEN;
    }
    job.help();
    jobs.remove(job);
    return Next.NOW;
  }

  /** Ends the threads. Work that is asked for later is the caller's alone. */
  @Override
  public void close() {
    List<Scheduler.Handle> ending;
    synchronized (this) {
      closed = true;
      ending = tasks;
      tasks = List.of();
    }
    ending.forEach(Scheduler.Handle::cancel);
    for (Scheduler.Handle task : ending) {
      try {
        task.join(JOIN_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Parts of one piece of work. Safe for all threads. */
  private static final class Job<T> {
    private final IntFunction<T> work;
    private final int parts;
    private final Thread caller = Thread.currentThread();
    private final AtomicInteger next = new AtomicInteger();

    /** Going down after a part's result was written, it also shows that result to the caller. */
    private final AtomicInteger left;

    private final @Nullable Object[] results;
    private final @Nullable Throwable[] failures;

    Job(int parts, IntFunction<T> work) {
      this.work = work;
      this.parts = parts;
      this.left = new AtomicInteger(parts);
      this.results = new Object[parts];
      this.failures = new Throwable[parts];
    }

    /** Does parts until all are taken. */
    void help() {
      for (int part = next.getAndIncrement(); part < parts; part = next.getAndIncrement()) {
        try {
          results[part] = work.apply(part);
        } catch (Throwable e) { // the caller's, who throws it
          failures[part] = e;
        }
        if (left.decrementAndGet() == 0) {
          LockSupport.unpark(caller);
        }
      }
    }

    /** Waits for parts that others have begun. An interrupt is kept for later. */
    void await() {
      boolean interrupted = false;
      while (left.get() > 0) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    @SuppressWarnings("unchecked") // written by the work, which gives T
    List<T> results() {
      for (Throwable failure : failures) {
        if (failure instanceof Error error) {
          throw error;
        }
        if (failure != null) {
          throw (RuntimeException) failure;
        }
      }
      List<T> all = new ArrayList<>(parts);
      for (Object result : results) {
        all.add((T) result);
      }
      return all;
    }
  }
}
