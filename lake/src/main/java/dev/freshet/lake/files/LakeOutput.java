package dev.freshet.lake.files;

import dev.freshet.core.port.Storage;
import java.io.OutputStream;
import java.util.Arrays;

/** Writes one file from start to end, through a buffer. One thread owns it. */
public final class LakeOutput extends OutputStream {
  private static final int BUFFER_BYTES_MAX = 1 << 20;

  private final LakeFiles files;
  private final String path;
  private final Storage.File file;
  private byte[] buffer = new byte[8192];
  private int buffered;
  private long flushed;
  private boolean closed;

  LakeOutput(LakeFiles files, String path, Storage.File file) {
    this.files = files;
    this.path = path;
    this.file = file;
  }

  /** Bytes written so far. */
  public long position() {
    return flushed + buffered;
  }

  @Override
  public void write(int value) {
    ensure(1);
    buffer[buffered++] = (byte) value;
  }

  @Override
  public void write(byte[] bytes, int start, int count) {
    if (count > BUFFER_BYTES_MAX) {
      flushBuffer();
      file.write(flushed, bytes, start, count);
      flushed += count;
      return;
    }
    ensure(count);
    System.arraycopy(bytes, start, buffer, buffered, count);
    buffered += count;
  }

  /** Hands all bytes to the storage; {@link LakeFiles#makeDurable()} makes them durable. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (flushed == 0 && path.endsWith(".avro")) {
      files.remember(path, Arrays.copyOf(buffer, buffered));
    }
    flushBuffer();
  }

  private void ensure(int count) {
    if (buffered + count > BUFFER_BYTES_MAX) {
      flushBuffer();
    }
    if (buffered + count > buffer.length) {
      buffer =
          Arrays.copyOf(
              buffer, Math.min(BUFFER_BYTES_MAX, Math.max(buffer.length * 4, buffered + count)));
    }
  }

  private void flushBuffer() {
    if (buffered > 0) {
      file.write(flushed, buffer, 0, buffered);
      flushed += buffered;
      buffered = 0;
    }
  }
}
