package dev.freshet.capture.postgres;

import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Storage;
import java.nio.file.Path;
import java.util.List;

/** A folder on a disk that is nearly full, unless it is said to be otherwise. */
final class FullStorage implements Storage {
  private final LocalStorage files;
  private volatile long freeBytes = 1000;

  FullStorage(Path root) {
    files = new LocalStorage(root);
  }

  @Override
  public long freeBytes() {
    return freeBytes;
  }

  void setFreeBytes(long bytes) {
    freeBytes = bytes;
  }

  @Override
  public String root() {
    return files.root();
  }

  @Override
  public void createDirectories(String directory) {
    files.createDirectories(directory);
  }

  @Override
  public List<String> list(String directory) {
    return files.list(directory);
  }

  @Override
  public boolean exists(String path) {
    return files.exists(path);
  }

  @Override
  public long size(String path) {
    return files.size(path);
  }

  @Override
  public File create(String path) {
    return files.create(path);
  }

  @Override
  public File open(String path) {
    return files.open(path);
  }

  @Override
  public File openRead(String path) {
    return files.openRead(path);
  }

  @Override
  public void rename(String from, String to) {
    files.rename(from, to);
  }

  @Override
  public void delete(String path) {
    files.delete(path);
  }

  @Override
  public void syncDirectory(String directory) {
    files.syncDirectory(directory);
  }

  @Override
  public Lock lock(String directory) {
    return files.lock(directory);
  }
}
