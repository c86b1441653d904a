package dev.freshet.testing.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One file of a {@link SimulatedStorage}: what reads show, what is on the platter, and what
 * happened in between.
 *
 * <pre>
 *   write, truncate --> cached content  (reads)
 *          |
 *          +--> unsynced operations --sync--> durable content --crash--> durable + a random part of the unsynced
 * </pre>
 */
final class Inode {
  static final int SECTOR = 512;

  private final Content cached = new Content();
  private final Content durable = new Content();
  private final List<Operation> unsynced = new ArrayList<>();

  /** A change of the content. */
  private sealed interface Operation {
    record Write(long position, byte[] bytes) implements Operation {}

    record Truncate(long size) implements Operation {}
  }

  private static final class Content {
    private byte[] bytes = new byte[0];
    private int size;

    void write(long position, byte[] source, int start, int count) {
      int end = Math.toIntExact(position + count);
      extend(end);
      System.arraycopy(source, start, bytes, (int) position, count);
    }

    void extend(int end) {
      if (end > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length * 2));
      }
      size = Math.max(size, end);
    }

    void truncate(long newSize) {
      if (newSize < size) {
        Arrays.fill(bytes, (int) newSize, size, (byte) 0);
        size = (int) newSize;
      }
    }

    int read(long position, byte[] target, int start, int count) {
      int readable = Math.clamp(size - position, 0, count);
      if (readable > 0) {
        System.arraycopy(bytes, (int) position, target, start, readable);
      }
      return readable;
    }

    byte[] copy() {
      return Arrays.copyOf(bytes, size);
    }

    /** Takes the array. */
    void replace(byte[] with) {
      bytes = with;
      size = with.length;
    }
  }

  long size() {
    return cached.size;
  }

  byte[] content() {
    return cached.copy();
  }

  void write(long position, byte[] bytes, int start, int count) {
    cached.write(position, bytes, start, count);
    unsynced.add(new Operation.Write(position, Arrays.copyOfRange(bytes, start, start + count)));
  }

  int read(long position, byte[] bytes, int start, int count) {
    return cached.read(position, bytes, start, count);
  }

  void truncate(long size) {
    cached.truncate(size);
    unsynced.add(new Operation.Truncate(size));
  }

  void sync() {
    for (Operation operation : unsynced) {
      apply(operation);
    }
    unsynced.clear();
  }

  /** A failed sync: the cache keeps showing what will never reach the platter. */
  void dropUnsynced() {
    unsynced.clear();
  }

  /** Replaces the content everywhere, as damage on the platter does. */
  void damage(byte[] content) {
    cached.replace(content.clone());
    durable.replace(content.clone());
    unsynced.clear();
  }

  /** Returns how many writes were torn. */
  int crash(RandomGenerator random) {
    int torn = 0;
    for (Operation operation : unsynced) {
      torn += crash(operation, random);
    }
    unsynced.clear();
    cached.replace(durable.copy());
    return torn;
  }

  private void apply(Operation operation) {
    switch (operation) {
      case Operation.Write write ->
          durable.write(write.position(), write.bytes(), 0, write.bytes().length);
      case Operation.Truncate truncate -> durable.truncate(truncate.size());
    }
  }

  private int crash(Operation operation, RandomGenerator random) {
    return switch (operation) {
      case Operation.Truncate _ -> {
        if (random.nextBoolean()) {
          apply(operation);
        }
        yield 0;
      }
      case Operation.Write write -> crash(write, random);
    };
  }

  private int crash(Operation.Write write, RandomGenerator random) {
    int fate = random.nextInt(5);
    switch (fate) {
      case 0 -> {}
      case 1 -> apply(write);
      case 2 -> durable.write(write.position(), write.bytes(), 0, randomPrefix(write, random));
      case 3 -> keepSomeSectors(write, random);
      default -> durable.extend(Math.toIntExact(write.position() + write.bytes().length));
    }
    return fate > 1 ? 1 : 0;
  }

  private static int randomPrefix(Operation.Write write, RandomGenerator random) {
    return random.nextInt(write.bytes().length + 1);
  }

  private void keepSomeSectors(Operation.Write write, RandomGenerator random) {
    int from = 0;
    int count = write.bytes().length;
    while (from < count) {
      long position = write.position() + from;
      int to = (int) Math.min(count, from + SECTOR - position % SECTOR);
      if (random.nextBoolean()) {
        durable.write(position, write.bytes(), from, to - from);
      }
      from = to;
    }
  }
}
