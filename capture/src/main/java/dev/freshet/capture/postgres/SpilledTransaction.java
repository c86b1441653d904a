package dev.freshet.capture.postgres;

import dev.freshet.core.error.Check;
import dev.freshet.core.port.Storage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * The messages of one transaction that has not ended, in a file; first written, then read. One
 * thread owns it.
 *
 * <pre>
 * | length 4 | transaction or sub-transaction 4 | message, without the latter |   ...
 * </pre>
 */
final class SpilledTransaction implements AutoCloseable {
  private static final int RECORD_HEADER = 8;
  private static final int BUFFER = 1 << 18;

  private final Storage storage;
  private final String path;
  private final Storage.File file;
  private final Set<Integer> aborted = new HashSet<>();
  private byte[] buffer = new byte[BUFFER];
  private int buffered;
  private long written;

  /** While reading: where in the buffer, and where the file goes on behind it. */
  private int at;

  private long next;

  /** Begins a file of its own. */
  SpilledTransaction(Storage storage, String path) {
    this.storage = storage;
    this.path = path;
    storage.delete(path);
    this.file = storage.create(path);
  }

  /** Keeps a message of a stream block; returns how many bytes went to the file with it. */
  int append(byte[] message, int start) {
    int length = message.length - start - 4;
    int flushed = 0;
    if (buffered + RECORD_HEADER + length > buffer.length) {
      flushed = flush();
      if (RECORD_HEADER + length > buffer.length) {
        buffer = new byte[RECORD_HEADER + length];
      }
    }
    ByteBuffer.wrap(buffer, buffered, RECORD_HEADER + length)
        .putInt(length)
        .put(message, start + 1, 4)
        .put(message[start])
        .put(message, start + 5, length - 1);
    buffered += RECORD_HEADER + length;
    return flushed;
  }

  private int flush() {
    int bytes = buffered;
    file.write(written, buffer, 0, bytes);
    written += bytes;
    buffered = 0;
    return bytes;
  }

  /** What a sub-transaction did is void. */
  void abort(int subTransaction) {
    aborted.add(subTransaction);
  }

  /** Ends writing; reading begins. */
  void rewind() {
    flush();
    buffered = 0;
    at = 0;
    next = 0;
  }

  /**
   * The next message that is not void, behind as many bytes as a received one has before it; an
   * empty one at the end.
   */
  byte[] next() {
    while (fill(RECORD_HEADER)) {
      int length = Cells.int4(buffer, at);
      int transaction = Cells.int4(buffer, at + 4);
      Check.that(fill(RECORD_HEADER + length), "a spilled message is whole", length, next);
      int from = at + RECORD_HEADER;
      at = from + length;
      // What a table looks like holds whoever said it: it is not said again.
      if (buffer[from] == 'R' || !aborted.contains(transaction)) {
        byte[] message = new byte[ReplicationStream.messageStart() + length];
        System.arraycopy(buffer, from, message, ReplicationStream.messageStart(), length);
        return message;
      }
    }
    return new byte[0];
  }

  /** Sees to it that so many bytes are in the buffer; {@code false} at the end. */
  private boolean fill(int count) {
    if (buffered - at >= count) {
      return true;
    }
    byte[] into = count > buffer.length ? new byte[count] : buffer;
    System.arraycopy(buffer, at, into, 0, buffered - at);
    buffered -= at;
    at = 0;
    buffer = into;
    int read = file.read(next, buffer, buffered, buffer.length - buffered);
    buffered += read;
    next += read;
    return buffered >= count;
  }

  @Override
  public void close() {
    buffer = Arrays.copyOf(buffer, 0);
    file.close();
    storage.delete(path);
  }
}
