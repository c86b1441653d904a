package dev.freshet.measure;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Goes through the events of one block after the other, field by field. For use by one thread.
 *
 * <pre>
 * cursor.on(file.block(0));
 * while (cursor.next()) { switch (cursor.kind()) ... cursor.number() ... }
 * </pre>
 */
public final class EventCursor {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] block = new byte[0];
  private int position;
  private int left;
  private int kind;
  private int textStart;
  private int textLength;

  /** Begins with the first event of a block; an empty one has none. */
  public void on(byte[] bytes) {
    block = bytes;
    position = EventFile.FIRST_EVENT;
    left = bytes.length == 0 ? 0 : (int) INT.get(bytes, 0);
  }

  /** Moves to the next event; all fields of the one before must have been read. */
  public boolean next() {
    if (left == 0) {
      return false;
    }
    left--;
    kind = block[position++];
    return true;
  }

  /** How many events the block still has. */
  public int left() {
    return left;
  }

  public int kind() {
    return kind;
  }

  /** Reads the next field, a number. */
  public long number() {
    long value = (long) LONG.get(block, position);
    position += Long.BYTES;
    return value;
  }

  /** Reads the next field, a text: {@link #textStart} and {@link #textLength} say where it lies. */
  public void text() {
    textLength = (int) INT.get(block, position);
    textStart = position + Integer.BYTES;
    position = textStart + textLength;
  }

  public byte[] bytes() {
    return block;
  }

  public int textStart() {
    return textStart;
  }

  public int textLength() {
    return textLength;
  }
}
