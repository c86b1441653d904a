package dev.freshet.core.batch;

import dev.freshet.core.type.DataType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A hash of rows with weights that depends on nothing but how often each row is there: neither on
 * their order, nor on how they are cut into batches, nor on how their columns lie in memory.
 *
 * <pre>
 *   row        SHA-256 over its values, each with a byte for its kind; two numbers of 64 bits from it
 *   content    the sum of each of the two over all rows, each as often as its weight, modulo 2^64
 * </pre>
 *
 * <p>So the hash of a sum is the sum of the hashes: adding a change's rows moves the hash of a
 * content to that of the next. It finds what differs by mistake, not what someone makes to collide.
 * -0.0 and 0.0 are one value here, as they are in grouping. One thread owns it.
 */
public final class ContentHash {
  private final MessageDigest digest;
  private final ByteWriter scratch = new ByteWriter(256);
  private long rows;
  private long first;
  private long second;

  public ContentHash() {
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Adds rows, each as often as its weight says. */
  public void add(Batch batch) {
    add(batch, _ -> this);
  }

  /**
   * Adds each row to a hash of the caller's choice.
   *
   * @param into is given the first number of the row's hash
   */
  public void add(Batch batch, LongFunction<ContentHash> into) {
    for (int row = 0; row < batch.rowCount(); row++) {
      byte[] hash = digest(batch, row);
      long one = number(hash, 0);
      into.apply(one).add(batch.weight(row), one, number(hash, Long.BYTES));
    }
  }

  private void add(long weight, long one, long two) {
    rows += weight;
    first += weight * one;
    second += weight * two;
  }

  /** The first number of a row's hash. */
  public long ofRow(Batch batch, int row) {
    return number(digest(batch, row), 0);
  }

  private byte[] digest(Batch batch, int row) {
    scratch.clear();
    for (int c = 0; c < batch.schema().columnCount(); c++) {
      DataType type = batch.schema().type(c);
      write(Values.read(type, batch.column(c), row));
    }
    digest.update(scratch.array(), 0, scratch.length());
    return digest.digest();
  }

  private static long number(byte[] hash, int at) {
    return new ByteReader(hash, at, Long.BYTES).readLong();
  }

  /** A boxed value as {@link Values} describes it: a byte for its kind, then itself. */
  private void write(@Nullable Object value) {
    switch (value) {
      case null -> scratch.writeByte(0);
      case Boolean flag -> kind(1).writeByte(flag ? 1 : 0);
      case Double number -> kind(2).writeLong(Hashing.bits(number));
      case Long number -> kind(3).writeLong(number);
      case byte[] bytes -> bytes(4, bytes);
      case List<?> elements -> {
        kind(5).writeInt(elements.size());
        elements.forEach(this::write);
      }
      case Map<?, ?> entries -> {
        kind(6).writeInt(entries.size());
        entries.forEach((key, mapped) -> {
          write(key);
          write(mapped);
        });
      }
      default -> bytes(7, Values.text(value).getBytes(StandardCharsets.UTF_8));
    }
  }

  private ByteWriter kind(int kind) {
    scratch.writeByte(kind);
    return scratch;
  }

  private void bytes(int kind, byte[] bytes) {
    kind(kind).writeInt(bytes.length);
    scratch.writeBytes(bytes, 0, bytes.length);
  }

  /** How many rows were added, each as often as its weight says. */
  public long rows() {
    return rows;
  }

  /** The hash as 32 hexadecimal digits; all 0 without rows. */
  public String text() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(first) + hex.toHexDigits(second);
  }
}
