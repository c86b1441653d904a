package dev.freshet.bench.numbered;

import dev.freshet.core.port.Storage;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where a process ends itself as SIGKILL would: at a call of its disk, before it happens or when it
 * has.
 *
 * @param place the call
 * @param count at the n-th of such calls, from 1; 0 never
 */
public record CrashPoint(Place place, long count) {
  public static final CrashPoint NONE = new CrashPoint(Place.BEFORE_WRITE, 0);

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
  static CrashPoint read(String text) {
    String[] parts = text.split(":", 2);
    return new CrashPoint(Place.valueOf(parts[0]), Long.parseLong(parts[1]));
  }

  @Override
  public String toString() {
    return place + ":" + count;
  }

  Storage over(Storage storage) {
    return count == 0 ? storage : new Crashing(storage, new Trap(this, new AtomicLong()));
  }

  private record Trap(CrashPoint point, AtomicLong calls) {
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

  private record Crashing(Storage storage, Trap trap) implements Storage {
    @Override
    public String root() {
      return storage.root();
    }

    @Override
    public void createDirectories(String directory) {
      storage.createDirectories(directory);
    }

    @Override
    public List<String> list(String directory) {
      return storage.list(directory);
    }

    @Override
    public boolean exists(String path) {
      return storage.exists(path);
    }

    @Override
    public long size(String path) {
      return storage.size(path);
    }

    @Override
    public File create(String path) {
      trap.pass(Place.BEFORE_CREATE);
      File created = new CrashingFile(storage.create(path), trap);
      trap.pass(Place.AFTER_CREATE);
      return created;
    }

    @Override
    public File open(String path) {
      return new CrashingFile(storage.open(path), trap);
    }

    @Override
    public File openRead(String path) {
      return storage.openRead(path);
    }

    @Override
    public void rename(String from, String to) {
      trap.around(Place.BEFORE_RENAME, () -> storage.rename(from, to), Place.AFTER_RENAME);
    }

    @Override
    public void delete(String path) {
      trap.around(Place.BEFORE_DELETE, () -> storage.delete(path), Place.AFTER_DELETE);
    }

    @Override
    public void syncDirectory(String directory) {
      trap.around(
          Place.BEFORE_DIRECTORY_SYNC,
          () -> storage.syncDirectory(directory),
          Place.AFTER_DIRECTORY_SYNC);
    }

    @Override
    public long freeBytes() {
      return storage.freeBytes();
    }

    @Override
    public Lock lock(String directory) {
      return storage.lock(directory);
    }
  }

  private record CrashingFile(Storage.File file, Trap trap) implements Storage.File {
    @Override
    public void write(long position, byte[] bytes, int start, int count) {
      trap.pass(Place.BEFORE_WRITE);
      if (trap.point.place == Place.AFTER_HALF_A_WRITE) {
        int half = count / 2;
        file.write(position, bytes, start, half);
        trap.pass(Place.AFTER_HALF_A_WRITE);
        file.write(position + half, bytes, start + half, count - half);
      } else {
        file.write(position, bytes, start, count);
      }
      trap.pass(Place.AFTER_WRITE);
    }

    @Override
    public int read(long position, byte[] bytes, int start, int count) {
      return file.read(position, bytes, start, count);
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public void truncate(long size) {
      trap.around(Place.BEFORE_TRUNCATE, () -> file.truncate(size), Place.AFTER_TRUNCATE);
    }

    @Override
    public void sync() {
      trap.around(Place.BEFORE_SYNC, file::sync, Place.AFTER_SYNC);
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
