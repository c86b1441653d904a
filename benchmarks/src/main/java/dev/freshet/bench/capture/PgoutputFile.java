package dev.freshet.bench.capture;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * What {@code pg_recvlogical} wrote: pgoutput messages of protocol 1, each with a line break behind
 * it, their values as text or binary. One thread owns it.
 */
final class PgoutputFile implements AutoCloseable {
  private static final int END = -1;

  private final Path path;
  private final DataInputStream in;
  private long bytes;

  private PgoutputFile(Path path) throws IOException {
    this.path = path;
    this.in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path), 1 << 16));
  }

  /**
   * Tells of each insert how many bytes the file has up to its end.
   *
   * @throws IOException when the file holds anything else, or ends within a message
   */
  static void eachRow(Path path, LongConsumer rowEnd) throws IOException {
    try (PgoutputFile file = new PgoutputFile(path)) {
      for (int kind = file.kind(); kind != END; kind = file.kind()) {
        file.skipMessage(kind);
        if (file.next() != '\n') {
          throw new IOException("a message that does not end in " + path);
        }
        if (kind == 'I') {
          rowEnd.accept(file.bytes);
        }
      }
    }
  }

  private int kind() throws IOException {
    int kind = in.read();
    bytes += kind < 0 ? 0 : 1;
    return kind;
  }

  private void skipMessage(int kind) throws IOException {
    switch ((char) kind) {
      case 'B' -> skip(20);
      case 'C' -> skip(25);
      case 'R' -> skipRelation();
      case 'I' -> {
        skip(5);
        skipRow();
      }
      default -> throw new IOException("a message of kind " + kind + " in " + path);
    }
  }

  private void skipRelation() throws IOException {
    skip(4);
    skipText();
    skipText();
    skip(1);
    int columns = shortNumber();
    for (int i = 0; i < columns; i++) {
      skip(1);
      skipText();
      skip(8);
    }
  }

  private void skipRow() throws IOException {
    int columns = shortNumber();
    for (int i = 0; i < columns; i++) {
      byte kind = next();
      if (kind == 't' || kind == 'b') {
        int length = in.readInt();
        bytes += Integer.BYTES;
        skip(length);
      }
    }
  }

  private void skipText() throws IOException {
    while (next() != 0) {
      // to its end
    }
  }

  private byte next() throws IOException {
    bytes++;
    return in.readByte();
  }

  private int shortNumber() throws IOException {
    bytes += Short.BYTES;
    return in.readUnsignedShort();
  }

  private void skip(int count) throws IOException {
    in.skipNBytes(count);
    bytes += count;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
