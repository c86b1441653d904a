package dev.freshet.files.format;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * A window on the unpacked text of a file, which moves on. One thread owns it.
 *
 * <pre>
 *   ... | passed | from ........ to | not read yet ...
 * </pre>
 */
final class TextInput implements AutoCloseable {
  static final int SAMPLE_BYTES = 1 << 16;

  private final InputStream in;
  private byte[] bytes = new byte[FileRows.BATCH_BYTES];
  private int from;
  private int to;
  private long offset;
  private boolean isEnd;

  TextInput(InputStream in) {
    this.in = in;
  }

  /** The length of a byte order mark of UTF-8 at the beginning. */
  static int markLength(byte[] bytes, int length) {
    boolean isThere =
        length >= 3
            && bytes[0] == (byte) 0xEF
            && bytes[1] == (byte) 0xBB
            && bytes[2] == (byte) 0xBF;
    return isThere ? 3 : 0;
  }

  byte[] bytes() {
    return bytes;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  /** Whether no bytes follow those of the window. */
  boolean isEnd() {
    return isEnd;
  }

  /** Bytes of the text before the window. */
  long offset() {
    return offset;
  }

  /** Moves the window's begin. */
  void pass(int newFrom) {
    offset += newFrom - from;
    from = newFrom;
  }

  /** Reads the first bytes, so that they can be looked at. */
  void readSample() {
    while (!isEnd && to < SAMPLE_BYTES) {
      read();
    }
  }

  /** Passes everything before this offset. */
  void skipTo(long wanted) {
    pass((int) Math.min(to, from + Math.max(0, wanted - offset)));
    if (offset < wanted) {
      skip(wanted - offset);
    }
  }

  private void skip(long count) {
    try {
      in.skipNBytes(count);
      offset += count;
    } catch (EOFException e) {
      throw FileProblem.corrupt("it is shorter than it was when it was read before", e);
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  /** Reads more behind the window; its bytes may move to another array. */
  void fill() {
    if (from > 0) {
      System.arraycopy(bytes, from, bytes, 0, to - from);
      to -= from;
      from = 0;
    } else if (to == bytes.length) {
      if (to >= FileRows.ROW_BYTES_MAX) {
        throw FileProblem.corrupt(
            "a row is longer than "
                + (FileRows.ROW_BYTES_MAX >> 20)
                + " MiB; is a quote or a bracket not closed?");
      }
      bytes = Arrays.copyOf(bytes, to * 2);
    }
    read();
    while (!isEnd && to < bytes.length / 2) {
      read(); // unpackers give a little at a time
    }
  }

  private void read() {
    try {
      int read = in.read(bytes, to, bytes.length - to);
      isEnd = read < 0;
      to += Math.max(0, read);
    } catch (EOFException e) {
      throw FileProblem.incomplete("it ends in the middle of its compressed data", e);
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  private static FileProblem damaged(IOException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("Truncated source")
        ? FileProblem.incomplete("it ends in the middle of its compressed data", e)
        : FileProblem.corrupt("its compressed data is damaged: " + message, e);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw FileProblem.corrupt("it cannot be closed: " + e.getMessage(), e);
    }
  }
}
