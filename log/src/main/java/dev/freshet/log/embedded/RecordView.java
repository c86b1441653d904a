package dev.freshet.log.embedded;

import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.Check;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Steps through the records of a checked batch without copying them. One thread owns it. */
final class RecordView {
  private byte[] bytes = new byte[0];
  private int at;
  private int next;
  private int end;

  private byte[] sourceBytes = new byte[0];
  private String source = "";

  /** Stands before the first record of the batch that the cursor loaded. */
  void enter(BatchCursor batch) {
    bytes = batch.bytes();
    next = batch.batchAt() + BatchFormat.HEADER;
    end = batch.batchAt() + batch.batchLength();
  }

  void advance() {
    at = next;
    Check.that(at + BatchFormat.RECORD_HEADER <= end, "a record lies in its batch", at, end);
    next = at + Bytes.intAt(bytes, at);
    Check.that(start() <= next && next <= end, "a record lies in its batch", next, end);
  }

  String source() {
    int from = at + BatchFormat.RECORD_HEADER;
    int to = from + sourceLength();
    if (!Arrays.equals(bytes, from, to, sourceBytes, 0, sourceBytes.length)) {
      sourceBytes = Arrays.copyOfRange(bytes, from, to);
      source = new String(sourceBytes, StandardCharsets.UTF_8);
    }
    return source;
  }

  byte[] position() {
    return Arrays.copyOfRange(bytes, positionStart(), start());
  }

  /** Where the position begins in {@link #bytes()}; it ends at {@link #start()}. */
  int positionStart() {
    return at + BatchFormat.RECORD_HEADER + sourceLength();
  }

  ChangeSet.Part part() {
    return BatchFormat.part(bytes[at + BatchFormat.PART]);
  }

  long ingestMicros() {
    return Bytes.longAt(bytes, at + BatchFormat.INGEST_MICROS);
  }

  int rowCount() {
    return Bytes.intAt(bytes, at + BatchFormat.ROW_COUNT);
  }

  byte[] bytes() {
    return bytes;
  }

  int start() {
    return positionStart() + positionLength();
  }

  int length() {
    return next - start();
  }

  private int sourceLength() {
    return bytes[at + BatchFormat.SOURCE_BYTES] & 0xff;
  }

  private int positionLength() {
    return Bytes.unsignedShort(bytes, at + BatchFormat.POSITION_BYTES);
  }
}
