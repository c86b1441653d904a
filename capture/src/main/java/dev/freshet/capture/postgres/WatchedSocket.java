package dev.freshet.capture.postgres;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A socket whose input is buffered here, so that one can wait for bytes without taking them. Input
 * is read by one thread.
 */
final class WatchedSocket extends Socket {
  private static final int BUFFER_BYTES = 64 << 10;

  private static final int PEEK_MILLIS = 1;

  private static final SocketTimeoutException NOTHING_YET = new NothingYet();

  private @Nullable Input input;
  private boolean peeking;

  /** Thrown so often that it must cost nothing. */
  private static final class NothingYet extends SocketTimeoutException {
    private static final long serialVersionUID = 1L;

    @Override
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  @Override
  public void setSoTimeout(int millis) throws SocketException {
    peeking = millis == PEEK_MILLIS;
    super.setSoTimeout(millis);
  }

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
   * Waits until a byte can be read; {@code false} when the time ran out first.
   *
   * @param millis at least 1
   */
  boolean awaitReadable(int millis) throws IOException {
    Input known = (Input) getInputStream();
    if (known.start < known.end) {
      return true;
    }
    int before = getSoTimeout();
    super.setSoTimeout(millis);
    try {
      if (known.fill() < 0) {
        throw new EOFException("the server closed the connection");
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } finally {
      super.setSoTimeout(before);
    }
  }

  /** The socket's input with a buffer; after the end of the stream every read says so. */
  private final class Input extends InputStream {
    private final InputStream wrapped;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int start;
    private int end;

    Input(InputStream wrapped) {
      this.wrapped = wrapped;
    }

    private int fill() throws IOException {
      if (peeking && wrapped.available() == 0) {
        throw NOTHING_YET;
      }
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
