package dev.freshet.measure;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The blocks of a file that {@link EventWriter} wrote. A block's bytes are a new array that is
 * never written again, so texts may stay where they lie. For use by one thread.
 */
public final class EventFile implements AutoCloseable {
  /** How many events a block has; the last one may have fewer. */
  public static final int BLOCK_EVENTS = 1_000;

  /** Where the first event of a block begins. */
  public static final int FIRST_EVENT = Integer.BYTES;

  private final FileChannel channel;
  private long[] starts = new long[1024];
  private int known = 1;

  public EventFile(Path file) throws IOException {
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
  }

  /** The bytes of a block: how many events it has, then the events. Empty past the last block. */
  public byte[] block(int index) throws IOException {
    while (known <= index && starts[known - 1] < channel.size()) {
      append(starts[known - 1] + Integer.BYTES + length(starts[known - 1]));
    }
    if (index >= known || starts[index] >= channel.size()) {
      return new byte[0];
    }
    byte[] bytes = new byte[length(starts[index])];
    read(ByteBuffer.wrap(bytes), starts[index] + Integer.BYTES);
    return bytes;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private int length(long start) throws IOException {
    ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
    read(length, start);
    return length.getInt(0);
  }

  private void read(ByteBuffer into, long position) throws IOException {
    long from = position;
    while (into.hasRemaining()) {
      int read = channel.read(into, from);
      if (read < 0) {
        throw new EOFException("the event file ends within a block, at byte " + from);
      }
      from += read;
    }
  }

  private void append(long start) {
    if (known == starts.length) {
      starts = Arrays.copyOf(starts, known * 2);
    }
    starts[known++] = start;
  }
}
