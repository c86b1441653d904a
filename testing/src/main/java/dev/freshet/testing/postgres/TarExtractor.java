package dev.freshet.testing.postgres;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/**
 * Writes the files of a tar stream below a directory: regular files, directories and symbolic links
 * with names of up to 100 bytes, which is all that the server's archives hold; anything else is an
 * error rather than a silent gap. Entries that would leave the directory are refused.
 *
 * <pre>
 * header block of 512 bytes        (POSIX.1-1988 ustar and its GNU variant)
 *   0 name 100 | 100 mode 8 | 124 size 12 (octal) | 156 type 1 | 157 link name 100 | 257 magic
 * data, padded to 512 bytes
 * ...
 * a block of zeros ends the archive
 * </pre>
 */
final class TarExtractor {
  private static final int BLOCK_BYTES = 512;
  private static final int OWNER_EXECUTE = 0100;

  private final InputStream in;
  private final Path root;

  private TarExtractor(InputStream in, Path root) {
    this.in = in;
    this.root = root.toAbsolutePath().normalize();
  }

  static void extract(InputStream tar, Path directory) throws IOException {
    TarExtractor extractor = new TarExtractor(tar, directory);
    byte[] header = new byte[BLOCK_BYTES];
    while (extractor.readBlock(header) && header[0] != 0) {
      extractor.entry(header);
    }
  }

  private void entry(byte[] header) throws IOException {
    String name = text(header, 0, 100);
    long bytes = octal(header, 124, 12);
    Path target = within(root.resolve(name), name);
    char type = (char) header[156];
    switch (type) {
      case '0', '\0' -> file(target, bytes, (int) octal(header, 100, 8));
      case '5' -> Files.createDirectories(target);
      case '2' -> symbolicLink(target, text(header, 157, 100));
      default -> throw new IOException("Cannot unpack tar entry of type '" + type + "': " + name);
    }
  }

  private void file(Path target, long bytes, int mode) throws IOException {
    createParent(target);
    byte[] buffer = new byte[64 * 1024];
    long left = bytes;
    try (OutputStream out = Files.newOutputStream(target)) {
      while (left > 0) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          throw new EOFException("Cannot unpack " + target + ": the archive ends within it");
        }
        out.write(buffer, 0, read);
        left -= read;
      }
    }
    in.skipNBytes((BLOCK_BYTES - bytes % BLOCK_BYTES) % BLOCK_BYTES);
    if ((mode & OWNER_EXECUTE) != 0) {
      Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(target));
      permissions.add(PosixFilePermission.OWNER_EXECUTE);
      Files.setPosixFilePermissions(target, permissions);
    }
  }

  private void symbolicLink(Path target, String linkName) throws IOException {
    within(target.resolveSibling(linkName), linkName);
    createParent(target);
    Files.createSymbolicLink(target, Path.of(linkName));
  }

  private static void createParent(Path target) throws IOException {
    Path parent = target.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
  }

  private Path within(Path path, String name) throws IOException {
    Path normal = path.normalize();
    if (!normal.startsWith(root)) {
      throw new IOException("Cannot unpack tar entry outside of its directory: " + name);
    }
    return normal;
  }

  private boolean readBlock(byte[] block) throws IOException {
    int read = in.readNBytes(block, 0, BLOCK_BYTES);
    if (read != 0 && read != BLOCK_BYTES) {
      throw new EOFException("Cannot unpack the archive: it ends within a header");
    }
    return read == BLOCK_BYTES;
  }

  private static String text(byte[] header, int offset, int length) {
    int end = offset;
    while (end < offset + length && header[end] != 0) {
      end++;
    }
    return new String(header, offset, end - offset, StandardCharsets.UTF_8);
  }

  private static long octal(byte[] header, int offset, int length) {
    String digits = text(header, offset, length).trim();
    return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
  }
}
