package dev.freshet.files.store;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A folder and those below it. Immutable; safe for all threads. */
public final class LocalFiles implements FileStore {
  private static final int DEPTH_MAX = 32;

  private final Path folder;

  public LocalFiles(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
  }

  @Override
  public String root() {
    return folder.toString();
  }

  @Override
  public Listing list() {
    if (!Files.isDirectory(folder)) {
      throw unreachable(Files.exists(folder) ? "it is no folder" : "there is no such folder");
    }
    if (!Files.isReadable(folder)) {
      throw unreachable("this user may not read it");
    }
    List<FoundFile> found = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    try {
      Files.walkFileTree(
          folder,
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          DEPTH_MAX,
          collecting(found, unreadable));
    } catch (IOException e) {
      throw unreachable(String.valueOf(e.getMessage()));
    }
    return new Listing(found, unreadable);
  }

  private FreshetException unreachable(String why) {
    return new FreshetException(
        ErrorCode.SOURCE_UNREACHABLE, "Cannot list the files of " + folder + ": " + why + ".");
  }

  private SimpleFileVisitor<Path> collecting(List<FoundFile> found, List<String> unreadable) {
    return new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
        boolean isHidden =
            !directory.equals(folder) && directory.getFileName().toString().startsWith(".");
        return isHidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        if (attributes.isRegularFile()) {
          found.add(found(file, attributes));
        }
        return FileVisitResult.CONTINUE;
      }

      /** What goes while it is looked at is not there; a folder within itself was looked into. */
      @Override
      public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
        if (file.equals(folder)) {
          throw failure;
        }
        if (!(failure instanceof NoSuchFileException
            || failure instanceof FileSystemLoopException)) {
          unreadable.add(folder.relativize(file) + ": " + reason(failure));
        }
        return FileVisitResult.CONTINUE;
      }
    };
  }

  private FoundFile found(Path file, BasicFileAttributes attributes) {
    String path = folder.relativize(file).toString().replace('\\', '/');
    return new FoundFile(
        path, attributes.size(), attributes.lastModifiedTime().to(TimeUnit.MICROSECONDS));
  }

  @Override
  public Optional<FoundFile> find(String path) {
    Path file = folder.resolve(path);
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.isRegularFile() ? Optional.of(found(file, attributes)) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  @Override
  public OpenFile open(FoundFile found) {
    Path file = folder.resolve(found.path());
    try {
      return new LocalFile(file, FileChannel.open(file, StandardOpenOption.READ));
    } catch (NoSuchFileException e) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND, "Cannot find " + file + ": it was there before.", e);
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  private static FreshetException failed(Path file, IOException cause) {
    return new FreshetException(
        ErrorCode.SOURCE_FAILED,
        "Failed to read " + file + ": " + reason(cause) + ". May this user read it?",
        cause);
  }

  private static String reason(IOException cause) {
    return cause.getClass().getSimpleName()
        + (cause.getMessage() == null ? "" : ", " + cause.getMessage());
  }

  private record LocalFile(Path file, FileChannel channel) implements OpenFile {
    @Override
    public long bytes() {
      try {
        return channel.size();
      } catch (IOException e) {
        throw failed(file, e);
      }
    }

    @Override
    public int read(long position, byte[] into, int start, int count) {
      ByteBuffer buffer = ByteBuffer.wrap(into, start, count);
      try {
        while (buffer.hasRemaining()
            && channel.read(buffer, position + buffer.position() - start) > 0) {
          continue; // until it is full, or the file ends
        }
      } catch (IOException e) {
        throw failed(file, e);
      }
      return buffer.position() - start;
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw failed(file, e);
      }
    }
  }
}
