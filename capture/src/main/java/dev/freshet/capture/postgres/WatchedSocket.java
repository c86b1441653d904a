package dev.freshet.capture.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A socket whose input is buffered here, so that one can wait for bytes without taking them. Input
 * is read by one thread.
 */
final class WatchedSocket extends Socket {
  private static final int BUFFER_BYTES = 64 << 10;

  private @Nullable Input input;

  @Override
  public InputStream getInputStream() throws IOException {
    Input known = input;
    if (known == null) {
      known = new Input(super.getInputStream());
      input = known;
    }
    return known;
  }

  /**
   * Waits until a byte (or the end of the stream) can be read; {@code false} when the time ran out
   * first.
   *
   * @param millis at least 1
   */
  boolean awaitReadable(int millis) throws IOException {
    Input known = (Input) getInputStream();
    if (known.start < known.end) {
      return true;
    }
    int before = getSoTimeout();
    setSoTimeout(millis);
    try {
      known.fill();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } finally {
      setSoTimeout(before);
    }
  }

  /** The socket's input with a buffer; after the end of the stream every read says so. */
  private static final class Input extends InputStream {
    private final InputStream wrapped;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int start;
    private int end;

    Input(InputStream wrapped) {
      this.wrapped = wrapped;
    }

    private int fill() throws IOException {
      int count = wrapped.read(buffer, 0, buffer.length);
      start = 0;
      end = Math.max(count, 0);
      return count;
    }

    @Override
    public int read() throws IOException {
      if (start == end && fill() < 0) {
        return -1;
      }
      return buffer[start++] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (start == end && fill() < 0) {
        return -1;
      }
      int count = Math.min(length, end - start);
      System.arraycopy(buffer, start, target, offset, count);
      start += count;
      return count;
    }

    @Override
    public int available() throws IOException {
      return start < end ? end - start : wrapped.available();
    }

    @Override
    public void close() throws IOException {
      wrapped.close();
    }
  }
}
