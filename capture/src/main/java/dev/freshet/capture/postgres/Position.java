package dev.freshet.capture.postgres;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.nio.ByteBuffer;

/**
 * A change set's position.
 *
 * <pre>
 * 0     1     2           10          18
 * | ver | kind | system id | LSN       |     big-endian; kind 'S' snapshot under way, 'W' streaming
 * </pre>
 *
 * @param systemId the database cluster's identifier, so that another server is recognised
 * @param lsn STREAMING: the end of the last whole transaction. SNAPSHOT: the consistent point of
 *     the snapshot under way, which resumes from nothing
 */
record Position(Kind kind, long systemId, long lsn) {
  private static final byte VERSION = 1;
  private static final int LENGTH = 18;

  enum Kind {
    SNAPSHOT,
    STREAMING
  }

  byte[] encode() {
    return ByteBuffer.allocate(LENGTH)
        .put(VERSION)
        .put((byte) (kind == Kind.SNAPSHOT ? 'S' : 'W'))
        .putLong(systemId)
        .putLong(lsn)
        .array();
  }

  static Position decode(byte[] bytes) {
    if (bytes.length != LENGTH || bytes[0] != VERSION || (bytes[1] != 'S' && bytes[1] != 'W')) {
      throw new FreshetException(
          ErrorCode.FORMAT_UNKNOWN,
          "Cannot read the position of a postgres source: unknown form of "
              + bytes.length
              + " bytes. The log was written by another kind of source, or by a newer Freshet.");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, 2, LENGTH - 2);
    return new Position(
        bytes[1] == 'S' ? Kind.SNAPSHOT : Kind.STREAMING, in.getLong(), in.getLong());
  }

  @Override
  public String toString() {
    return Lsn.text(lsn);
  }
}
