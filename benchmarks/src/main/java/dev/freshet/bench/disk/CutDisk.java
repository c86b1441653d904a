package dev.freshet.bench.disk;

import dev.freshet.bench.harness.Commands;
import dev.freshet.testing.files.FileTrees;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A disk whose power can be cut: an ext4 file system in a file, mounted at {@link #root}. What a
 * program has written and not synced lies in the memory of the mounted file system; the file has
 * what the disk has got. A copy of the file, mounted in its place, is the disk after a power cut.
 *
 * <p>Two witnesses tell whether it really was one: bytes that were never synced must be gone, and
 * bytes that were synced must be there.
 *
 * <p>One thread owns it. When the JVM is told to end, it is unmounted and deleted.
 */
public final class CutDisk implements AutoCloseable {
  private static final String SYNCED = "witness-synced";
  private static final String UNSYNCED = "witness-unsynced";
  private static final byte[] WITNESS = new byte[8_192];
  private static final int MEBIBYTES_MIN = 16;
  private static final String CAPABILITIES = "CapEff:";

  /** The bit of capabilities(7). */
  private static final int CAP_SYS_ADMIN = 21;

  private static final int UNMOUNT_TRIES = 50;

  private final Path folder;
  private final Path root;
  private final Path lookRoot;
  private final Set<Path> mounted = new HashSet<>();
  private final Thread hook = new Thread(this::release);
  private Path image;
  private int images;

  private CutDisk(Path folder) throws IOException {
    this.folder = folder;
    this.root = Files.createDirectory(folder.resolve("disk"));
    this.lookRoot = Files.createDirectory(folder.resolve("look"));
    this.image = folder.resolve("0.img");
  }

  /**
   * Which program, right or device this machine lacks to mount a file system in a file; empty when
   * it can.
   *
   * @throws IOException when it lacks none of them, and cannot either
   */
  public static String cannotRun() throws IOException {
    return cannotRun(MEBIBYTES_MIN);
  }

  static String cannotRun(int mebibytes) throws IOException {
    for (String program : List.of("mount", "umount", "mkfs.ext4", "cp", "kill")) {
      if (!Commands.exists(program)) {
        return "there is no " + program + " on the PATH";
      }
    }
    if (!mayMount()) {
      return "this process has no right to mount a file system; it takes root";
    }
    if (!Files.exists(Path.of("/dev/loop-control"))) {
      return "there is no /dev/loop-control, so a file cannot be mounted";
    }
    create(mebibytes).close();
    return "";
  }

  private static boolean mayMount() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith(CAPABILITIES))
        .mapToLong(
            line -> Long.parseUnsignedLong(line.substring(CAPABILITIES.length()).strip(), 16))
        .anyMatch(capabilities -> (capabilities >> CAP_SYS_ADMIN & 1) == 1);
  }

  public static CutDisk create(int mebibytes) throws IOException {
    CutDisk disk = new CutDisk(Files.createTempDirectory("freshet-prove-powercut-"));
    Runtime.getRuntime().addShutdownHook(disk.hook);
    try (RandomAccessFile file = new RandomAccessFile(disk.image.toFile(), "rw")) {
      file.setLength((long) mebibytes << 20);
      run("mkfs.ext4", "-q", "-F", disk.image.toString());
      disk.mount(disk.image, disk.root);
      disk.witnessSynced();
      return disk;
    } catch (IOException | RuntimeException e) {
      disk.close();
      throw e;
    }
  }

  /** Where the file system is mounted, before and after cuts. */
  public Path root() {
    return root;
  }

  private void witnessSynced() throws IOException {
    try (FileChannel file = open(SYNCED)) {
      write(file);
      file.force(true);
    }
    run("sync", "-f", root.toString());
  }

  /** Call before each cut: these bytes are never synced. */
  public void witnessUnsynced() throws IOException {
    Files.deleteIfExists(root.resolve(UNSYNCED));
    try (FileChannel file = open(UNSYNCED)) {
      write(file);
    }
  }

  private FileChannel open(String name) throws IOException {
    return FileChannel.open(
        root.resolve(name),
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE,
        StandardOpenOption.TRUNCATE_EXISTING);
  }

  private static void write(FileChannel file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(WITNESS);
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  /** What the disk has got at this moment; whoever writes to it must stand still. */
  public Path copy() throws IOException {
    return copyOf(image);
  }

  private Path copyOf(Path of) throws IOException {
    Path copy = folder.resolve(++images + ".img");
    run("cp", "--sparse=always", of.toString(), copy.toString());
    return copy;
  }

  /** Mounts a copy in place of the disk; whoever wrote to the disk must be gone. */
  public void become(Path copy) throws IOException {
    unmount(root);
    Files.delete(image);
    image = copy;
    mount(image, root);
  }

  public void forget(Path copy) throws IOException {
    Files.delete(copy);
  }

  /**
   * Whether a mounted copy is of a power cut: what was not synced is not there.
   *
   * @throws IOException when what was synced is not there either: then it is no copy to judge
   */
  public static boolean isCut(Path root) throws IOException {
    Path synced = root.resolve(SYNCED);
    if (!Files.exists(synced) || Files.size(synced) != WITNESS.length) {
      throw new IOException("the copy of the disk lacks what was synced before it");
    }
    Path unsynced = root.resolve(UNSYNCED);
    return !Files.exists(unsynced) || Files.size(unsynced) < WITNESS.length;
  }

  /** Something that looks at the files and may fail. */
  public interface Look<T> {
    T at(Path root) throws Exception;
  }

  /** Looks at a copy of a copy, so that whatever that changes is not seen later. */
  public <T> T look(Path copy, Look<T> look) throws Exception {
    Path seen = copyOf(copy);
    mount(seen, lookRoot);
    try {
      return look.at(lookRoot);
    } finally {
      unmount(lookRoot);
      Files.delete(seen);
    }
  }

  private void mount(Path file, Path at) throws IOException {
    run("mount", "-o", "loop", file.toString(), at.toString());
    synchronized (mounted) {
      mounted.add(at);
    }
  }

  private void unmount(Path at) throws IOException {
    for (int i = 0; ; i++) {
      try {
        run("umount", at.toString());
        break;
      } catch (IOException e) {
        if (i == UNMOUNT_TRIES) {
          throw e;
        }
        pause(); // the kernel may still hold the files of a process that has just ended
      }
    }
    synchronized (mounted) {
      mounted.remove(at);
    }
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static void run(String... command) throws IOException {
    try {
      Commands.require(command);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Also while files are open: the file system then goes with the last of them. */
  private void release() {
    Set<Path> left;
    synchronized (mounted) {
      left = Set.copyOf(mounted);
    }
    try {
      for (Path at : left) {
        run("umount", "-l", at.toString());
      }
      FileTrees.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    Runtime.getRuntime().removeShutdownHook(hook);
    try {
      for (Path at : Set.copyOf(mounted)) {
        unmount(at);
      }
    } finally {
      release();
    }
  }
}
