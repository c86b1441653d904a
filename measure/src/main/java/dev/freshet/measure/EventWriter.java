package dev.freshet.measure;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Writes events of several kinds into a file of blocks, for {@link EventFile} to read:
 *
 * <pre>
 * file:  block*
 * block: int bytes that follow; int events; event*
 * event: byte kind; field*      as many fields, of such types, as writer and reader agree on
 * field: long                   or int length; bytes
 * </pre>
 *
 * <p>Big-endian. A block begins every {@link EventFile#BLOCK_EVENTS} events. For use by one thread.
 */
public final class EventWriter implements AutoCloseable {
  private final OutputStream out;
  private ByteBuffer block = ByteBuffer.allocate(1 << 20);
  private int events;

  public EventWriter(Path file) throws IOException {
    this.out = Files.newOutputStream(file);
    block.position(Integer.BYTES * 2);
  }

  /** Begins an event. */
  public void event(int kind) throws IOException {
    if (events == EventFile.BLOCK_EVENTS) {
      endBlock();
    }
    room(1).put((byte) kind);
    events++;
  }

  public void number(long value) {
    room(Long.BYTES).putLong(value);
  }

  public void text(byte[] bytes, int offset, int length) {
    room(Integer.BYTES + length).putInt(length).put(bytes, offset, length);
  }

  @Override
  public void close() throws IOException {
    try (out) {
      if (events > 0) {
        endBlock();
      }
    }
  }

  private ByteBuffer room(int bytes) {
    if (block.remaining() < bytes) {
      int capacity = Math.max(block.capacity() * 2, block.position() + bytes);
      ByteBuffer larger = ByteBuffer.wrap(Arrays.copyOf(block.array(), capacity));
      block = larger.position(block.position());
    }
    return block;
  }

  private void endBlock() throws IOException {
    block.putInt(0, block.position() - Integer.BYTES).putInt(Integer.BYTES, events);
    out.write(block.array(), 0, block.position());
    block.position(Integer.BYTES * 2);
    events = 0;
  }
}
