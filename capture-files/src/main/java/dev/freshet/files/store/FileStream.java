package dev.freshet.files.store;

import java.io.InputStream;

/** The first bytes of a file, in their order. One thread owns it. */
final class FileStream extends InputStream {
  private final OpenFile file;
  private final long end;
  private long position;

  FileStream(OpenFile file, long end) {
    this.file = file;
    this.end = end;
  }

  @Override
  public int read() {
    byte[] single = new byte[1];
    return read(single, 0, 1) < 0 ? -1 : single[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int start, int count) {
    if (count == 0) {
      return 0;
    }
    int most = (int) Math.min(count, end - position);
    int read = most <= 0 ? 0 : file.read(position, into, start, most);
    position += read;
    return read == 0 ? -1 : read;
  }

  @Override
  public long skip(long count) {
    long skipped = Math.clamp(count, 0, end - position);
    position += skipped;
    return skipped;
  }

  @Override
  public int available() {
    return (int) Math.min(Integer.MAX_VALUE, end - position);
  }
}
