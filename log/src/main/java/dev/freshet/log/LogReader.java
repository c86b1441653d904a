package dev.freshet.log;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSetCodec;
import java.util.Arrays;

/**
 * A cursor over the durable records of a {@link Log}, in order of offset. One thread owns it; many
 * readers read a log at once, also while it is written to.
 *
 * <p>The accessors speak of the record that {@link #next()} moved to; {@link #bytes()} is valid
 * until the following call of {@link #next()}.
 */
public interface LogReader extends AutoCloseable {
  /**
   * Moves to the next record. {@code false} when there is no durable record yet: call again later.
   *
   * @throws dev.freshet.core.error.FreshetException {@code STORAGE_DAMAGED} when what is stored is
   *     not what was written
   */
  boolean next();

  /** The offset of the record that the following {@link #next()} will move to. */
  long nextOffset();

  long offset();

  String source();

  /** A copy of the source's position after this record. */
  byte[] position();

  ChangeSet.Part part();

  /** Microseconds since the epoch. */
  long ingestMicros();

  int rowCount();

  /** The array that holds the encoded change set; not to be written to. */
  byte[] bytes();

  /** Where the encoded change set begins in {@link #bytes()}. */
  int start();

  /** Bytes of the encoded change set. */
  int length();

  /** The record's change set, decoded. */
  default ChangeSet changes() {
    return ChangeSetCodec.read(new ByteReader(bytes(), start(), length()));
  }

  /** A copy of the record that stays valid. */
  default LogRecord record() {
    byte[] copy = Arrays.copyOfRange(bytes(), start(), start() + length());
    return new LogRecord(
        source(), position(), part(), ingestMicros(), rowCount(), copy, 0, copy.length);
  }

  @Override
  void close();
}
