package dev.freshet.bench.numbered;

import dev.freshet.core.port.Storage;
import dev.freshet.testing.simulation.ForwardingStorage;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where a process ends itself as SIGKILL would: at a call of its disk, before it happens or when it
 * has.
 *
 * @param place the call
 * @param count at the n-th of such calls, from 1; 0 never
 */
public record DiskCrash(Place place, long count) {
  public static final DiskCrash NONE = new DiskCrash(Place.BEFORE_WRITE, 0);

  /** Every kind of call that changes what is on the disk, before and after it. */
  public enum Place {
    BEFORE_CREATE,
    AFTER_CREATE,
    BEFORE_WRITE,
    AFTER_HALF_A_WRITE,
    AFTER_WRITE,
    BEFORE_SYNC,
    AFTER_SYNC,
    BEFORE_TRUNCATE,
    AFTER_TRUNCATE,
    BEFORE_RENAME,
    AFTER_RENAME,
    BEFORE_DELETE,
    AFTER_DELETE,
    BEFORE_DIRECTORY_SYNC,
    AFTER_DIRECTORY_SYNC
  }

  /** As in {@link #toString}. */
  static DiskCrash read(String text) {
    String[] parts = text.split(":", 2);
    return new DiskCrash(Place.valueOf(parts[0]), Long.parseLong(parts[1]));
  }

  @Override
  public String toString() {
    return place + ":" + count;
  }

  Storage over(Storage storage) {
    return count == 0 ? storage : new Crashing(storage, new Trap(this, new AtomicLong()));
  }

  private record Trap(DiskCrash point, AtomicLong calls) {
    void pass(Place here) {
      if (here == point.place && calls.incrementAndGet() == point.count) {
        Runtime.getRuntime().halt(NumberedProcess.SIGKILL_EXIT); // no hooks run, nothing is flushed
      }
    }

    void around(Place before, Runnable call, Place after) {
      pass(before);
      call.run();
      pass(after);
    }
  }

  private static final class Crashing extends ForwardingStorage {
    private final Trap trap;

    Crashing(Storage storage, Trap trap) {
      super(storage);
      this.trap = trap;
    }

    @Override
    protected File opened(File file) {
      return new CrashingFile(file, trap);
    }

    @Override
    public File create(String path) {
      trap.pass(Place.BEFORE_CREATE);
      File created = super.create(path);
      trap.pass(Place.AFTER_CREATE);
      return created;
    }

    @Override
    public void rename(String from, String to) {
      trap.around(Place.BEFORE_RENAME, () -> super.rename(from, to), Place.AFTER_RENAME);
    }

    @Override
    public void delete(String path) {
      trap.around(Place.BEFORE_DELETE, () -> super.delete(path), Place.AFTER_DELETE);
    }

    @Override
    public void syncDirectory(String directory) {
      trap.around(
          Place.BEFORE_DIRECTORY_SYNC,
          () -> super.syncDirectory(directory),
          Place.AFTER_DIRECTORY_SYNC);
    }
  }

  private static final class CrashingFile extends ForwardingStorage.ForwardingFile {
    private final Trap trap;

    CrashingFile(Storage.File file, Trap trap) {
      super(file);
      this.trap = trap;
    }

    @Override
    public void write(long position, byte[] bytes, int start, int count) {
      trap.pass(Place.BEFORE_WRITE);
      if (trap.point.place == Place.AFTER_HALF_A_WRITE) {
        int half = count / 2;
        super.write(position, bytes, start, half);
        trap.pass(Place.AFTER_HALF_A_WRITE);
        super.write(position + half, bytes, start + half, count - half);
      } else {
        super.write(position, bytes, start, count);
      }
      trap.pass(Place.AFTER_WRITE);
    }

    @Override
    public void truncate(long size) {
      trap.around(Place.BEFORE_TRUNCATE, () -> super.truncate(size), Place.AFTER_TRUNCATE);
    }

    @Override
    public void sync() {
      trap.around(Place.BEFORE_SYNC, super::sync, Place.AFTER_SYNC);
    }
  }
}
