package dev.freshet.lake.files;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;

/** Reads ranges of one file. */
public sealed interface LakeInput extends AutoCloseable {
  long size();

  /** Reads up to {@code count} bytes; fewer only at the end of the file. */
  int read(long position, byte[] bytes, int start, int count);

  @Override
  void close();

  /** Reads exactly this range. */
  default byte[] readFully(long position, int count) {
    byte[] bytes = new byte[count];
    int read = read(position, bytes, 0, count);
    if (read != count) {
      throw new FreshetException(
          ErrorCode.STORAGE_DAMAGED,
          "Failed to read a lake file: it ends after " + (position + read) + " bytes.");
    }
    return bytes;
  }

  static LakeInput of(byte[] bytes) {
    return new InMemory(bytes);
  }

  static LakeInput of(Storage.File file) {
    return new Stored(file);
  }

  /** A file whose bytes are at hand. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record InMemory(byte[] bytes) implements LakeInput {
    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public int read(long position, byte[] target, int start, int count) {
      int available = (int) Math.max(0, Math.min(count, bytes.length - position));
      System.arraycopy(bytes, (int) Math.min(position, bytes.length), target, start, available);
      return available;
    }

    @Override
    public void close() {}
  }

  /** A file in the storage. */
  record Stored(Storage.File file) implements LakeInput {
    @Override
    public long size() {
      return file.size();
    }

    @Override
    public int read(long position, byte[] target, int start, int count) {
      return file.read(position, target, start, count);
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
