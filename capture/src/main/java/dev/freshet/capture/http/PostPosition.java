package dev.freshet.capture.http;

import dev.freshet.capture.rows.RefusedRow;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The position of a request in the log: its number, and what it takes to answer it again.
 *
 * <pre>
 *   version 1 | number 8 | 0                                             without an idempotency key
 *   version 1 | number 8 | 1 | key 16 | digest 16 | accepted 4 | refused 4 | (index 4, code 1) each
 * </pre>
 *
 * The reasons of refused rows stand in the change set, in the same order.
 *
 * @param number counts requests from 1
 */
record PostPosition(long number, Optional<Keyed> keyed) {
  private static final int VERSION = 1;
  private static final List<ErrorCode> CODES =
      List.of(ErrorCode.VALUE_INVALID, ErrorCode.CONTRACT_VIOLATED, ErrorCode.ROW_MALFORMED);

  /** What a request with a key was and became; the reasons are empty. */
  record Keyed(Digest key, Digest digest, int accepted, List<RefusedRow> refused) {}

  static PostPosition read(byte[] position) {
    ByteReader in = new ByteReader(position, 0, position.length);
    int version = in.readByte();
    if (version != VERSION) {
      throw new FreshetException(
          ErrorCode.FORMAT_UNKNOWN,
          "Cannot read the position of a request of format "
              + version
              + ": this Freshet knows format "
              + VERSION
              + ". Was a source of another kind renamed to this one's name? Give it a new name.");
    }
    long number = in.readLong();
    if (in.readByte() == 0) {
      return new PostPosition(number, Optional.empty());
    }
    Digest key = new Digest(in.readLong(), in.readLong());
    Digest digest = new Digest(in.readLong(), in.readLong());
    int accepted = in.readInt();
    int count = in.readCount(5);
    List<RefusedRow> refused = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      refused.add(new RefusedRow(in.readInt(), code(in.readByte()), ""));
    }
    return new PostPosition(number, Optional.of(new Keyed(key, digest, accepted, refused)));
  }

  private static ErrorCode code(int ordinal) {
    if (ordinal < 0 || ordinal >= CODES.size()) {
      throw new FreshetException(
          ErrorCode.STORAGE_DAMAGED, "Cannot decode a request: unknown code " + ordinal + ".");
    }
    return CODES.get(ordinal);
  }

  byte[] toBytes() {
    ByteWriter out = new ByteWriter(64);
    out.writeByte(VERSION);
    out.writeLong(number);
    out.writeByte(keyed.isPresent() ? 1 : 0);
    keyed.ifPresent(request -> {
      write(out, request.key());
      write(out, request.digest());
      out.writeInt(request.accepted());
      out.writeInt(request.refused().size());
      for (RefusedRow row : request.refused()) {
        out.writeInt(row.index());
        out.writeByte(CODES.indexOf(row.code()));
      }
    });
    return out.toByteArray();
  }

  private static void write(ByteWriter out, Digest digest) {
    out.writeLong(digest.high());
    out.writeLong(digest.low());
  }
}
