package dev.freshet.core.port;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Files on a local disk, below one root directory, which is created when missing. */
public final class LocalStorage implements Storage {
  private static final String LOCK_FILE = "lock";
  private static final int SYNC_THREADS_MAX = 16;

  private final Path root;

  public LocalStorage(Path root) {
    this.root = root.toAbsolutePath().normalize();
    createDirectories("");
  }

  @Override
  public String root() {
    return root.toString();
  }

  @Override
  public void createDirectories(String directory) {
    try {
      Files.createDirectories(resolve(directory));
    } catch (IOException e) {
      throw failed("create directory", directory, e);
    }
  }

  @Override
  public List<String> list(String directory) {
    Path path = resolve(directory);
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        names.add(String.valueOf(entry.getFileName()));
      }
    } catch (IOException e) {
      throw failed("list", directory, e);
    }
    Collections.sort(names);
    return names;
  }

  @Override
  public boolean exists(String path) {
    return Files.exists(resolve(path));
  }

  @Override
  public long size(String path) {
    try {
      return Files.size(resolve(path));
    } catch (IOException e) {
      throw failed("read the size of", path, e);
    }
  }

  @Override
  public File create(String path) {
    return open(
        path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public File open(String path) {
    return open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public File openRead(String path) {
    return new ReadFile(resolve(path), open(path, StandardOpenOption.READ));
  }

  private LocalFile open(String path, OpenOption... options) {
    try {
      return new LocalFile(path, FileChannel.open(resolve(path), options));
    } catch (IOException e) {
      throw failed("open", path, e);
    }
  }

  @Override
  public void rename(String from, String to) {
    try {
      Files.move(
          resolve(from),
          resolve(to),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failed("rename to " + to, from, e);
    }
  }

  @Override
  public void delete(String path) {
    try {
      Files.deleteIfExists(resolve(path));
    } catch (IOException e) {
      throw failed("delete", path, e);
    }
  }

  @Override
  public void syncDirectory(String directory) {
    try (FileChannel channel = FileChannel.open(resolve(directory), StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw failed("sync directory", directory, e);
    }
  }

  /** Several at once: a journaling file system then writes its journal once for all of them. */
  @Override
  public void syncAll(List<File> files) {
    if (files.size() <= 1) {
      files.forEach(File::sync);
      return;
    }
    int threads = Math.min(SYNC_THREADS_MAX, files.size());
    try (ExecutorService pool =
        Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().factory())) {
      List<Future<?>> syncs = new ArrayList<>();
      for (File file : files) {
        syncs.add(pool.submit(file::sync));
      }
      for (Future<?> sync : syncs) {
        sync.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof FreshetException failure) {
        throw failure;
      }
      throw new FreshetException(ErrorCode.STORAGE_FAILED, "Failed to sync files: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FreshetException(ErrorCode.STORAGE_FAILED, "Failed to sync files: interrupted.", e);
    }
  }

  @Override
  public long freeBytes() {
    try {
      FileStore store = Files.getFileStore(root);
      return store.getUsableSpace();
    } catch (IOException e) {
      throw failed("read the free space of", "", e);
    }
  }

  @Override
  public Lock lock(String directory) {
    createDirectories(directory);
    Path path = resolve(directory.isEmpty() ? LOCK_FILE : directory + "/" + LOCK_FILE);
    try {
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new FreshetException(
            ErrorCode.DIRECTORY_IN_USE,
            "Cannot use directory: "
                + resolve(directory)
                + ". Another Freshet process has it open. Stop that one, or choose"
                + " another directory.");
      }
      return () -> release(channel, directory);
    } catch (IOException e) {
      throw failed("lock", directory, e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private void release(FileChannel channel, String directory) {
    try {
      channel.close();
    } catch (IOException e) {
      throw failed("unlock", directory, e);
    }
  }

  private Path resolve(String path) {
    Path resolved = root.resolve(path).normalize();
    if (!resolved.startsWith(root)) {
      throw new FreshetException(
          ErrorCode.STORAGE_FAILED,
          "Cannot use path: " + path + ". It lies outside of " + root + ".");
    }
    return resolved;
  }

  private FreshetException failed(String what, String path, IOException e) {
    return failure(what, resolve(path).toString(), e);
  }

  static FreshetException failure(String what, String path, IOException e) {
    String message = "Failed to " + what + " " + path + ": " + e.getMessage();
    if (e instanceof NoSuchFileException) {
      return new FreshetException(
          ErrorCode.NOT_FOUND, "Failed to " + what + " " + path + ": no such file.", e);
    }
    if (e instanceof FileAlreadyExistsException) {
      return new FreshetException(
          ErrorCode.ALREADY_EXISTS, "Failed to " + what + " " + path + ": it exists.", e);
    }
    if (String.valueOf(e.getMessage()).contains("No space left")
        || String.valueOf(e.getMessage()).contains("Disk quota")) {
      return new FreshetException(
          ErrorCode.DISK_FULL,
          message + ". Free some space: Freshet then goes on where it stopped.",
          e);
    }
    return new FreshetException(ErrorCode.STORAGE_FAILED, message, e);
  }

  /**
   * A file that is only read. A thread that is interrupted while it reads closes the channel, for
   * all who read: it is opened again then, and the thread stays interrupted.
   */
  private static final class ReadFile implements File {
    private final Path path;
    private volatile LocalFile file;
    private boolean closed;

    ReadFile(Path path, LocalFile file) {
      this.path = path;
      this.file = file;
    }

    @Override
    public int read(long position, byte[] bytes, int start, int count) {
      boolean interrupted = false;
      try {
        while (true) {
          LocalFile now = file;
          try {
            return now.read(position, bytes, start, count);
          } catch (FreshetException e) {
            if (now.channel.isOpen()) {
              throw e;
            }
            interrupted |= Thread.interrupted();
            openAgain(e);
          }
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    private synchronized void openAgain(FreshetException cause) {
      if (closed) {
        throw cause;
      }
      if (!file.channel.isOpen()) { // else another thread was faster
        try {
          file = new LocalFile(file.path, FileChannel.open(path, StandardOpenOption.READ));
        } catch (IOException e) {
          cause.addSuppressed(e);
          throw cause;
        }
      }
    }

    @Override
    public void write(long position, byte[] bytes, int start, int count) {
      file.write(position, bytes, start, count);
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
      file.sync();
    }

    @Override
    public synchronized void close() {
      closed = true;
      file.close();
    }
  }

  private record LocalFile(String path, FileChannel channel) implements File {
    @Override
    public void write(long position, byte[] bytes, int start, int count) {
      try {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, start, count);
        long at = position;
        while (buffer.hasRemaining()) { // a write may be short
          at += channel.write(buffer, at);
        }
      } catch (IOException e) {
        throw failure("write", path, e);
      }
    }

    @Override
    public int read(long position, byte[] bytes, int start, int count) {
      try {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, start, count);
        while (buffer.hasRemaining()) {
          if (channel.read(buffer, position + buffer.position() - start) < 0) {
            break;
          }
        }
        return buffer.position() - start;
      } catch (IOException e) {
        throw failure("read", path, e);
      }
    }

    @Override
    public long size() {
      try {
        return channel.size();
      } catch (IOException e) {
        throw failure("read the size of", path, e);
      }
    }

    @Override
    public void truncate(long size) {
      try {
        channel.truncate(size);
      } catch (IOException e) {
        throw failure("truncate", path, e);
      }
    }

    @Override
    public void sync() {
      try {
        channel.force(true);
      } catch (IOException e) {
        throw failure("sync", path, e);
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw failure("close", path, e);
      }
    }
  }
}
