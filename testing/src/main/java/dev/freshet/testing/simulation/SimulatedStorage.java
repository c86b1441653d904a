package dev.freshet.testing.simulation;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory with a volatile cache. What is written lasts only after a sync, names only after
 * a sync of their directory; {@link #crash(RandomGenerator)} keeps a random, plausible part of the
 * rest:
 *
 * <pre>
 * write              lost, kept, a prefix, some of its 512-byte sectors, or only the length it gave the file (zeros)
 * truncate           lost or kept
 * create, rename,    a prefix of what happened in each directory, in order
 * delete
 * </pre>
 *
 * <p>Calls can be made to fail, and durable content can be damaged. Safe for all threads, but only
 * a single thread gives the same run for the same seed. Directories are durable at once: their loss
 * shows in the loss of their files.
 */
public final class SimulatedStorage implements Storage {
  private static final String ROOT = "/simulated";
  private static final long SYNC_NANOS_MAX = 4_000_000;

  private final SimulatedClock clock;
  private final Trace trace;
  private final RandomGenerator random;

  private final Map<String, Inode> names = new TreeMap<>();
  private final Map<String, Inode> durableNames = new TreeMap<>();
  private final List<NameOperation> unsynced = new ArrayList<>();
  private final Set<String> directories = new TreeSet<>(Set.of(""));
  private final Set<String> locked = new HashSet<>();

  private int generation;
  private long capacityBytes = Long.MAX_VALUE;
  private final FaultPlan plan;
  private boolean isPowerCut;
  private long tornWrites;
  private Syncs syncs = Syncs.WORK;
  private long reads;
  private long writes;
  private long bytesWritten;
  private long fileSyncs;
  private long directorySyncs;

  /** Whether syncs do what they say. */
  public enum Syncs {
    WORK,
    /** The disk lies: a sync succeeds and does nothing. To show that a test notices. */
    LIE
  }

  /** Calls so far. */
  public record Counts(
      long reads, long writes, long bytesWritten, long syncs, long directorySyncs) {}

  /** A change of a directory. A null inode removes the name. */
  private record NameOperation(String path, @Nullable Inode inode, @Nullable String removed) {}

  /**
   * @param seed decides how long syncs take and which calls fail
   */
  public SimulatedStorage(SimulatedClock clock, Trace trace, long seed) {
    this.clock = clock;
    this.trace = trace;
    this.random = new SplittableRandom(seed);
    this.plan = new FaultPlan(random);
  }

  /** Lets the {@code n}-th call from now fail; 1 is the next one. One at a time. */
  public synchronized void failCall(long n, Fault how) {
    plan.fail(null, n, how);
  }

  /** Lets the {@code n}-th call of a kind fail. One at a time. */
  public synchronized void failCall(Call kind, long n, Fault how) {
    plan.fail(kind, n, how);
  }

  /** Lets each call fail with this probability, in a random way. 0 ends it. */
  public synchronized void failRandomly(double chance) {
    plan.failRandomly(chance);
  }

  /**
   * Lets the power fail within the {@code n}-th call of a kind from now. That call and all later
   * ones throw {@link PowerCut}, until {@link #crash(RandomGenerator)} brings the disk back.
   */
  public synchronized void cutPower(Call kind, long n) {
    plan.cutPower(kind, n);
  }

  /** Whether the power has failed within a call and the disk is not back yet. */
  public synchronized boolean isPowerCut() {
    return isPowerCut;
  }

  /** Takes back what was planned and has not come. */
  public synchronized void forgetFaults() {
    plan.failRandomly(0);
    plan.forget();
  }

  /** Calls of a kind that failed in this way. */
  public synchronized long failures(Call kind, Fault how) {
    return plan.hits(kind, how);
  }

  /** Writes of which crashes have kept a part. */
  public synchronized long tornWrites() {
    return tornWrites;
  }

  /** Bounds the bytes of all files. */
  public synchronized void limitBytes(long bytes) {
    capacityBytes = bytes;
  }

  public synchronized void syncs(Syncs how) {
    syncs = how;
  }

  /** Calls so far, the failed ones included. */
  public synchronized long calls() {
    return plan.calls();
  }

  public synchronized Counts counts() {
    return new Counts(reads, writes, bytesWritten, fileSyncs, directorySyncs);
  }

  /** The process dies: all handles and locks are gone, nothing written is lost. */
  public synchronized void kill() {
    generation++;
    locked.clear();
    plan.forget();
    isPowerCut = false;
    trace.add("kill", generation);
  }

  /** The power fails: as {@link #kill()}, and of what is not durable only a random part remains. */
  public synchronized void crash(RandomGenerator how) {
    kill();
    keepSomeNames(how);
    names.clear();
    names.putAll(durableNames);
    // In order of names, so that the same seed tears the same files.
    Set<Inode> done = new HashSet<>();
    for (Inode inode : durableNames.values()) {
      if (done.add(inode)) {
        tornWrites += inode.crash(how);
      }
    }
    trace.add("crash", done.size());
  }

  private void keepSomeNames(RandomGenerator how) {
    Map<String, List<NameOperation>> byDirectory = new TreeMap<>();
    for (NameOperation operation : unsynced) {
      byDirectory
          .computeIfAbsent(Storage.parent(operation.path()), _ -> new ArrayList<>())
          .add(operation);
    }
    for (List<NameOperation> operations : byDirectory.values()) {
      int kept = how.nextInt(operations.size() + 1);
      operations.subList(0, kept).forEach(this::applyDurably);
    }
    unsynced.clear();
  }

  private void applyDurably(NameOperation operation) {
    String removed = operation.removed();
    if (removed != null) {
      durableNames.remove(removed);
    }
    Inode inode = operation.inode();
    if (inode != null) {
      durableNames.put(operation.path(), inode);
    }
  }

  /** Replaces a file's durable content, as damage does; makes the file if it is not there. */
  public synchronized void damage(String path, byte[] content) {
    Inode inode = names.computeIfAbsent(path, _ -> new Inode());
    durableNames.put(path, inode);
    inode.damage(content);
  }

  /** Removes a file durably. */
  public synchronized void lose(String path) {
    names.remove(path);
    durableNames.remove(path);
  }

  /** A file's content as reads show it. */
  public synchronized byte[] content(String path) {
    return existing(path).content();
  }

  /** All files, as reads show them. */
  public synchronized List<String> paths() {
    return List.copyOf(names.keySet());
  }

  @Override
  public String root() {
    return ROOT;
  }

  @Override
  public synchronized void createDirectories(String directory) {
    call(Call.OTHER, "createDirectories", directory);
    String path = directory;
    while (!path.isEmpty()) {
      directories.add(path);
      path = Storage.parent(path);
    }
  }

  @Override
  public synchronized List<String> list(String directory) {
    call(Call.OTHER, "list", directory);
    Set<String> found = new TreeSet<>();
    for (String path : names.keySet()) {
      if (Storage.parent(path).equals(directory)) {
        found.add(nameOf(path));
      }
    }
    for (String path : directories) {
      if (!path.isEmpty() && Storage.parent(path).equals(directory)) {
        found.add(nameOf(path));
      }
    }
    return List.copyOf(found);
  }

  private static String nameOf(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  @Override
  public synchronized boolean exists(String path) {
    call(Call.OTHER, "exists", path);
    return names.containsKey(path) || directories.contains(path);
  }

  @Override
  public synchronized long size(String path) {
    call(Call.OTHER, "size", path);
    return existing(path).size();
  }

  @Override
  public synchronized File create(String path) {
    call(Call.OTHER, "create", path);
    if (names.containsKey(path)) {
      throw new FreshetException(
          ErrorCode.ALREADY_EXISTS, "Failed to open " + path + ": it exists.");
    }
    if (!directories.contains(Storage.parent(path))) {
      throw new FreshetException(ErrorCode.NOT_FOUND, "Failed to open " + path + ": no directory.");
    }
    Inode inode = new Inode();
    names.put(path, inode);
    unsynced.add(new NameOperation(path, inode, null));
    return new OpenFile(path, inode, Access.WRITE);
  }

  @Override
  public synchronized File open(String path) {
    call(Call.OTHER, "open", path);
    return new OpenFile(path, existing(path), Access.WRITE);
  }

  @Override
  public synchronized File openRead(String path) {
    call(Call.OTHER, "openRead", path);
    return new OpenFile(path, existing(path), Access.READ);
  }

  @Override
  public synchronized void rename(String from, String to) {
    call(Call.RENAME, "rename", to);
    Inode inode = existing(from);
    names.remove(from);
    names.put(to, inode);
    unsynced.add(new NameOperation(to, inode, from));
  }

  @Override
  public synchronized void delete(String path) {
    call(Call.OTHER, "delete", path);
    if (names.remove(path) != null) {
      unsynced.add(new NameOperation(path, null, path));
    }
  }

  @Override
  public synchronized void syncDirectory(String directory) {
    directorySyncs++;
    call(Call.SYNC_DIRECTORY, "syncDirectory", directory);
    if (syncs == Syncs.LIE) {
      return;
    }
    List<NameOperation> kept = new ArrayList<>();
    for (NameOperation operation : unsynced) {
      if (Storage.parent(operation.path()).equals(directory)) {
        applyDurably(operation);
      } else {
        kept.add(operation);
      }
    }
    unsynced.clear();
    unsynced.addAll(kept);
  }

  @Override
  public synchronized long freeBytes() {
    // Counted only when it matters: every write asks.
    return capacityBytes == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : Math.max(0, capacityBytes - usedBytes());
  }

  /** Bytes of all files. */
  public synchronized long usedBytes() {
    return names.values().stream().mapToLong(Inode::size).sum();
  }

  @Override
  public synchronized Lock lock(String directory) {
    createDirectories(directory);
    if (!locked.add(directory)) {
      throw new FreshetException(
          ErrorCode.DIRECTORY_IN_USE, "Cannot use directory: " + directory + ". It is locked.");
    }
    int lockedIn = generation;
    return () -> {
      synchronized (this) {
        if (generation == lockedIn) {
          locked.remove(directory);
        }
      }
    };
  }

  private Inode existing(String path) {
    Inode inode = names.get(path);
    if (inode == null) {
      throw new FreshetException(ErrorCode.NOT_FOUND, "Failed to open " + path + ": no such file.");
    }
    return inode;
  }

  private void call(Call kind, String what, String path) {
    Fault hit = nextFault(kind, what);
    trace.add(what, path.hashCode());
    if (hit != null) {
      throw failure(kind, what, path, hit);
    }
  }

  /** Counts a call and says how it fails, if it does. */
  private @Nullable Fault nextFault(Call kind, String what) {
    plan.count(kind);
    if (isPowerCut || plan.cutsPower(kind)) {
      cutPower(what);
    }
    return plan.next(kind);
  }

  private void cutPower(String what) {
    isPowerCut = true;
    trace.add("power cut", 0);
    throw new PowerCut("The power failed in the simulation, in " + what + ".");
  }

  private FreshetException failure(Call kind, String what, String path, Fault how) {
    plan.hit(kind, how);
    trace.add("fault", how.ordinal());
    return switch (how) {
      case IO_ERROR, SHORT_WRITE ->
          new FreshetException(
              ErrorCode.STORAGE_FAILED, "Failed to " + what + " " + path + ": simulated EIO");
      case DISK_FULL ->
          new FreshetException(
              ErrorCode.DISK_FULL, "Failed to " + what + " " + path + ": simulated ENOSPC");
    };
  }

  private enum Access {
    READ,
    WRITE
  }

  private final class OpenFile implements File {
    private final String path;
    private final Inode inode;
    private final Access access;
    private final int openedIn = generation;
    private boolean closed;

    OpenFile(String path, Inode inode, Access access) {
      this.path = path;
      this.inode = inode;
      this.access = access;
    }

    @Override
    public void write(long position, byte[] bytes, int start, int count) {
      synchronized (SimulatedStorage.this) {
        refuseWhenDead();
        refuseReadOnly();
        writes++;
        bytesWritten += count;
        plan.count(Call.WRITE);
        if (isPowerCut) {
          cutPower("write");
        }
        if (plan.cutsPower(Call.WRITE)) {
          inode.write(position, bytes, start, random.nextInt(count + 1));
          cutPower("write");
        }
        Fault hit = plan.next(Call.WRITE);
        trace.add(path, position);
        trace.add("write", bytes, start, count);
        if (hit == null && position + count - inode.size() > freeBytes()) {
          hit = Fault.DISK_FULL;
        }
        if (hit == Fault.SHORT_WRITE) {
          inode.write(position, bytes, start, random.nextInt(count + 1));
        }
        if (hit != null) {
          throw failure(Call.WRITE, "write", path, hit);
        }
        inode.write(position, bytes, start, count);
      }
    }

    @Override
    public int read(long position, byte[] bytes, int start, int count) {
      synchronized (SimulatedStorage.this) {
        refuseWhenDead();
        reads++;
        call(Call.READ, "read", path);
        return inode.read(position, bytes, start, count);
      }
    }

    @Override
    public long size() {
      synchronized (SimulatedStorage.this) {
        refuseWhenDead();
        call(Call.OTHER, "size", path);
        return inode.size();
      }
    }

    @Override
    public void truncate(long size) {
      synchronized (SimulatedStorage.this) {
        refuseWhenDead();
        refuseReadOnly();
        call(Call.OTHER, "truncate", path);
        inode.truncate(size);
      }
    }

    @Override
    public void sync() {
      synchronized (SimulatedStorage.this) {
        refuseWhenDead();
        fileSyncs++;
        clock.advance(random.nextLong(SYNC_NANOS_MAX));
        Fault hit = nextFault(Call.SYNC, "sync");
        trace.add("sync", inode.size());
        if (hit != null) {
          inode.dropUnsynced();
          throw failure(Call.SYNC, "sync", path, hit);
        }
        if (syncs == Syncs.WORK) {
          inode.sync();
        }
      }
    }

    @Override
    public void close() {
      closed = true;
    }

    private void refuseReadOnly() {
      if (access == Access.READ) {
        throw new FreshetException(
            ErrorCode.STORAGE_FAILED, "Failed to write " + path + ": opened for reading.");
      }
    }

    private void refuseWhenDead() {
      if (closed || openedIn != generation) {
        throw new FreshetException(
            ErrorCode.STORAGE_FAILED,
            "Failed to use "
                + path
                + ": the file is closed, or its process died in the simulation.");
      }
    }
  }
}
