package dev.freshet.engine.checkpoint;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.lang.ref.Cleaner;
import java.lang.ref.Cleaner.Cleanable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The files that the state of one engine has open. Each stays open until nothing names it any more,
 * as the garbage collector tells, or until all are closed. Safe for all threads.
 */
final class OpenFiles {
  private static final Cleaner CLEANER = Cleaner.create();

  /** In the order of their opening; guarded by itself. */
  private final Map<Closing, Cleanable> open = new LinkedHashMap<>();

  private final Windows windows = new Windows();
  private volatile boolean closed;
  private volatile Consumer<FreshetException> onDamage = _ -> {};

  /** Done once, by whoever comes first. */
  private static final class Closing implements Runnable {
    private final OpenFiles files;
    private final Runnable action;

    Closing(OpenFiles files, Runnable action) {
      this.files = files;
      this.action = action;
    }

    @Override
    public void run() {
      try {
        action.run();
      } catch (RuntimeException e) {
        // Nothing is written any more and nothing durable depends on it; a spill file that stays
        // goes at the next start.
      } finally {
        synchronized (files.open) {
          files.open.remove(this);
          files.open.notifyAll();
        }
      }
    }
  }

  /**
   * Takes a file that was opened.
   *
   * @param action closes it; must not name it
   * @return closes it before the others
   * @throws FreshetException {@link ErrorCode#NOT_RUNNING} when all were closed, and now this one
   */
  Cleanable add(Object file, Runnable action) {
    Closing closing = new Closing(this, action);
    Cleanable cleanable = CLEANER.register(file, closing);
    synchronized (open) {
      open.put(closing, cleanable);
    }
    if (closed) {
      cleanable.clean();
    }
    requireOpen();
    return cleanable;
  }

  /**
   * @throws FreshetException {@link ErrorCode#NOT_RUNNING} when all were closed
   */
  void requireOpen() {
    if (closed) {
      throw new FreshetException(
          ErrorCode.NOT_RUNNING, "Cannot use the state of an engine that was closed.");
    }
  }

  /** For those that read few rows out of many. */
  Windows windows() {
    return windows;
  }

  /** From now on is told why a {@link #read} failed, on the thread that reads. */
  void onDamage(Consumer<FreshetException> action) {
    onDamage = action;
  }

  /** Reads from one of the files; says so when that fails since all were closed. */
  <T> T read(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (FreshetException e) {
      requireOpen();
      onDamage.accept(e);
      throw e;
    }
  }

  /** Closes all, and waits for those that are being closed; from now on none is opened. */
  void closeAll() {
    closed = true;
    List<Cleanable> all;
    synchronized (open) {
      all = new ArrayList<>(open.values());
    }
    all.forEach(Cleanable::clean);
    boolean interrupted = false;
    synchronized (open) {
      while (!open.isEmpty()) {
        try {
          open.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
