package dev.freshet.lake;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The simulated disk of a machine whose power goes at a chosen call: that call and all later ones
 * do not happen, until the machine is started again.
 */
final class CuttingStorage implements Storage {
  /** The machine is off. */
  static final class PowerCut extends RuntimeException {
    PowerCut() {
      super("power cut");
    }
  }

  private final SimulatedStorage disk;
  private final SplittableRandom random;
  private long calls;
  private long cutAt = Long.MAX_VALUE;
  private String failingDirectory = "";
  private String awaitedRename = "";
  private boolean isFailing;

  CuttingStorage(long seed) {
    this.disk = new SimulatedStorage(new SimulatedClock(), new Trace(), seed);
    this.random = new SplittableRandom(seed);
  }

  SimulatedStorage disk() {
    return disk;
  }

  long calls() {
    return calls;
  }

  /** The power goes at this call from now, counted from 1. */
  void cutIn(long more) {
    cutAt = calls + more;
  }

  /** The disk fails in the next sync of this directory, and in all syncs of it and reads then. */
  void failInSyncOf(String directory) {
    failingDirectory = directory;
  }

  /** As {@link #failInSyncOf}, of the directory of this file, once a file was renamed to it. */
  void failAfterRenameTo(String path) {
    awaitedRename = path;
  }

  void heal() {
    awaitedRename = "";
    failingDirectory = "";
    isFailing = false;
  }

  /** Starts the machine again; of what was not durable a random part is lost. */
  void restart() {
    disk.crash(random);
    cutAt = Long.MAX_VALUE;
  }

  private static FreshetException failed(String path) {
    return new FreshetException(ErrorCode.STORAGE_FAILED, "The disk fails: " + path);
  }

  private SimulatedStorage powered() {
    if (++calls >= cutAt) {
      throw new PowerCut();
    }
    return disk;
  }

  @Override
  public String root() {
    return disk.root();
  }

  @Override
  public void createDirectories(String directory) {
    powered().createDirectories(directory);
  }

  @Override
  public List<String> list(String directory) {
    return powered().list(directory);
  }

  @Override
  public boolean exists(String path) {
    return powered().exists(path);
  }

  @Override
  public long size(String path) {
    return powered().size(path);
  }

  @Override
  public File create(String path) {
    return new CuttingFile(powered().create(path));
  }

  @Override
  public File open(String path) {
    return new CuttingFile(powered().open(path));
  }

  @Override
  public File openRead(String path) {
    if (isFailing) {
      throw failed(path);
    }
    return new CuttingFile(powered().openRead(path));
  }

  @Override
  public void rename(String from, String to) {
    powered().rename(from, to);
    if (to.equals(awaitedRename)) {
      failInSyncOf(Storage.parent(to));
    }
  }

  @Override
  public void delete(String path) {
    powered().delete(path);
  }

  @Override
  public void syncDirectory(String directory) {
    if (!directory.isEmpty() && directory.equals(failingDirectory)) {
      isFailing = true;
      throw failed(directory);
    }
    powered().syncDirectory(directory);
  }

  @Override
  public long freeBytes() {
    return disk.freeBytes();
  }

  @Override
  public Lock lock(String directory) {
    return disk.lock(directory);
  }

  private final class CuttingFile implements File {
    private final File file;

    CuttingFile(File file) {
      this.file = file;
    }

    private File poweredFile() {
      powered();
      return file;
    }

    @Override
    public void write(long position, byte[] bytes, int start, int count) {
      poweredFile().write(position, bytes, start, count);
    }

    @Override
    public int read(long position, byte[] bytes, int start, int count) {
      return poweredFile().read(position, bytes, start, count);
    }

    @Override
    public long size() {
      return poweredFile().size();
    }

    @Override
    public void truncate(long size) {
      poweredFile().truncate(size);
    }

    @Override
    public void sync() {
      poweredFile().sync();
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
