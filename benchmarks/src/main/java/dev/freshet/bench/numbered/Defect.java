package dev.freshet.bench.numbered;

import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import java.util.List;

/** Defects on purpose: they show that a proof finds such ones. */
public enum Defect {
  NONE,
  /** Nothing is ever synced, and everything is acknowledged. */
  NO_SYNC,
  /** A sync that fails is tried again, and what then succeeds is acknowledged. */
  SYNC_RETRIED,
  /** A transaction is acknowledged before it is written. */
  ACKNOWLEDGED_EARLY;

  Storage over(Storage storage) {
    return this == NONE ? storage : new Defective(storage, this);
  }

  private void sync(Runnable sync) {
    switch (this) {
      case NONE, ACKNOWLEDGED_EARLY -> sync.run();
      case NO_SYNC -> {
        // says that it has
      }
      case SYNC_RETRIED -> {
        try {
          sync.run();
        } catch (FreshetException e) {
          sync.run();
        }
      }
    }
  }

  private record Defective(Storage storage, Defect defect) implements Storage {
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
      return new DefectiveFile(storage.create(path), defect);
    }

    @Override
    public File open(String path) {
      return new DefectiveFile(storage.open(path), defect);
    }

    @Override
    public File openRead(String path) {
      return storage.openRead(path);
    }

    @Override
    public void rename(String from, String to) {
      storage.rename(from, to);
    }

    @Override
    public void delete(String path) {
      storage.delete(path);
    }

    @Override
    public void syncDirectory(String directory) {
      defect.sync(() -> storage.syncDirectory(directory));
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

  private record DefectiveFile(Storage.File file, Defect defect) implements Storage.File {
    @Override
    public void write(long position, byte[] bytes, int start, int count) {
      file.write(position, bytes, start, count);
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
      file.truncate(size);
    }

    @Override
    public void sync() {
      defect.sync(file::sync);
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
