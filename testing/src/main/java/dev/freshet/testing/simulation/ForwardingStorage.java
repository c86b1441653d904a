package dev.freshet.testing.simulation;

import dev.freshet.core.port.Storage;
import java.util.List;

/** Hands every call on to another storage; who extends it changes a few of them. */
public abstract class ForwardingStorage implements Storage {
  private final Storage next;

  protected ForwardingStorage(Storage next) {
    this.next = next;
  }

  /** Where the next call goes that reads or changes names or files; asked once for each. */
  protected Storage next() {
    return next;
  }

  /** What stands for a file that was opened. */
  protected File opened(File file) {
    return file;
  }

  @Override
  public String root() {
    return next.root();
  }

  @Override
  public void createDirectories(String directory) {
    next().createDirectories(directory);
  }

  @Override
  public List<String> list(String directory) {
    return next().list(directory);
  }

  @Override
  public boolean exists(String path) {
    return next().exists(path);
  }

  @Override
  public long size(String path) {
    return next().size(path);
  }

  @Override
  public File create(String path) {
    return opened(next().create(path));
  }

  @Override
  public File open(String path) {
    return opened(next().open(path));
  }

  @Override
  public File openRead(String path) {
    return opened(next().openRead(path));
  }

  @Override
  public void rename(String from, String to) {
    next().rename(from, to);
  }

  @Override
  public void delete(String path) {
    next().delete(path);
  }

  @Override
  public void syncDirectory(String directory) {
    next().syncDirectory(directory);
  }

  @Override
  public long freeBytes() {
    return next.freeBytes();
  }

  @Override
  public Lock lock(String directory) {
    return next.lock(directory);
  }

  /** Hands every call on to another file. */
  public abstract static class ForwardingFile implements File {
    private final File next;

    protected ForwardingFile(File next) {
      this.next = next;
    }

    /** Where the next call goes, but for the last that closes it; asked once for each. */
    protected File next() {
      return next;
    }

    @Override
    public void write(long position, byte[] bytes, int start, int count) {
      next().write(position, bytes, start, count);
    }

    @Override
    public int read(long position, byte[] bytes, int start, int count) {
      return next().read(position, bytes, start, count);
    }

    @Override
    public long size() {
      return next().size();
    }

    @Override
    public void truncate(long size) {
      next().truncate(size);
    }

    @Override
    public void sync() {
      next().sync();
    }

    @Override
    public void close() {
      next.close();
    }
  }
}
