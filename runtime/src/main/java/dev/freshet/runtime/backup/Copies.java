package dev.freshet.runtime.backup;

import dev.freshet.runtime.backup.BackupList.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.zip.CRC32C;

/** Copies of files that are durable when a method returns. */
final class Copies {
  private static final int BLOCK = 1 << 20;

  private Copies() {}

  /** Copies a whole file, with its folders, and tells what was copied. */
  static Entry whole(Path from, Path to, String path) throws IOException {
    return first(from, to, path, Long.MAX_VALUE);
  }

  /** Copies the first bytes of a file. */
  static void first(Path from, Path to, long bytes) throws IOException {
    first(from, to, "", bytes);
  }

  private static Entry first(Path from, Path to, String path, long most) throws IOException {
    Files.createDirectories(to.getParent());
    CRC32C crc = new CRC32C();
    long copied = 0;
    byte[] block = new byte[BLOCK];
    try (InputStream in = Files.newInputStream(from);
        FileChannel out =
            FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (copied < most) {
        int read = in.read(block, 0, (int) Math.min(block.length, most - copied));
        if (read < 0) {
          break;
        }
        crc.update(block, 0, read);
        ByteBuffer buffer = ByteBuffer.wrap(block, 0, read);
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
        copied += read;
      }
      out.force(true);
    }
    return new Entry((int) crc.getValue(), copied, path);
  }

  /** Makes the names in a folder and in all below it durable. */
  static void syncTree(Path tree) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure)
              throws IOException {
            sync(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static void deleteTree(Path tree) throws IOException {
    if (Files.notExists(tree)) {
      return;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
