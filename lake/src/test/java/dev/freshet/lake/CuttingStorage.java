package dev.freshet.lake;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.testing.simulation.ForwardingStorage;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.util.SplittableRandom;

/**
 * The simulated disk of a machine whose power goes at a chosen call: that call and all later ones
 * do not happen, until the machine is started again.
 */
final class CuttingStorage extends ForwardingStorage {
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
    this(new SimulatedStorage(new SimulatedClock(), new Trace(), seed), seed);
  }

  private CuttingStorage(SimulatedStorage disk, long seed) {
    super(disk);
    this.disk = disk;
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

  private void requirePower() {
    if (++calls >= cutAt) {
      throw new PowerCut();
    }
  }

  @Override
  protected Storage next() {
    requirePower();
    return super.next();
  }

  @Override
  protected File opened(File file) {
    return new ForwardingFile(file) {
      @Override
      protected File next() {
        requirePower();
        return super.next();
      }
    };
  }

  @Override
  public File openRead(String path) {
    if (isFailing) {
      throw failed(path);
    }
    return super.openRead(path);
  }

  @Override
  public void rename(String from, String to) {
    super.rename(from, to);
    if (to.equals(awaitedRename)) {
      failInSyncOf(Storage.parent(to));
    }
  }

  @Override
  public void syncDirectory(String directory) {
    if (!directory.isEmpty() && directory.equals(failingDirectory)) {
      isFailing = true;
      throw failed(directory);
    }
    super.syncDirectory(directory);
  }
}
