package dev.freshet.log;

import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSetCodec;
import dev.freshet.core.error.Check;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.Arrays;

/**
 * One record to append: an encoded {@link ChangeSet}, opaque to the log, and the few fields of it
 * that the log itself needs.
 *
 * @param source the source's name, at most {@link #SOURCE_BYTES_MAX} bytes as UTF-8
 * @param position where to resume the source after this record, at most {@link #POSITION_BYTES_MAX}
 *     bytes
 * @param part only after {@link ChangeSet.Part#LAST} does {@code position} become the source's last
 *     position
 * @param ingestMicros microseconds since the epoch
 * @param rowCount rows in the change set
 * @param bytes holds the encoded change set from {@code start} on; only read, and only during the
 *     append
 * @param length bytes of the encoded change set, at most {@link #BYTES_MAX}
 */
@SuppressWarnings("ArrayRecordComponent") // opaque bytes, read-only by contract
public record LogRecord(
    String source,
    byte[] position,
    ChangeSet.Part part,
    long ingestMicros,
    int rowCount,
    byte[] bytes,
    int start,
    int length) {
  public static final int SOURCE_BYTES_MAX = 255;
  public static final int POSITION_BYTES_MAX = 65_535;
  public static final int BYTES_MAX = 64 << 20;

  public LogRecord {
    Check.that(
        start >= 0 && length >= 0 && length <= bytes.length - start,
        "a record's bytes lie in their array",
        start,
        length);
    if (length > BYTES_MAX) {
      throw new FreshetException(
          ErrorCode.LIMIT_EXCEEDED,
          "Cannot append a change set of "
              + length
              + " bytes from source "
              + source
              + ": the limit is "
              + BYTES_MAX
              + ". Split the transaction into more parts.");
    }
    if (position.length > POSITION_BYTES_MAX) {
      throw new FreshetException(
          ErrorCode.LIMIT_EXCEEDED,
          "Cannot append a position of "
              + position.length
              + " bytes from source "
              + source
              + ": the limit is "
              + POSITION_BYTES_MAX
              + ".");
    }
  }

  /**
   * Encodes a change set into {@code scratch}, whose content is replaced. The record is valid until
   * the next write to {@code scratch}: append it at once.
   */
  public static LogRecord of(ChangeSet changes, ByteWriter scratch) {
    scratch.clear();
    ChangeSetCodec.write(scratch, changes);
    return new LogRecord(
        changes.source(),
        changes.position(),
        changes.part(),
        changes.ingestMicros(),
        changes.rowCount(),
        scratch.array(),
        0,
        scratch.length());
  }

  /** A copy of the encoded change set. */
  public byte[] copyOfBytes() {
    return Arrays.copyOfRange(bytes, start, start + length);
  }
}
