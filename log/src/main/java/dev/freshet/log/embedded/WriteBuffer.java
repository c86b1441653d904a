package dev.freshet.log.embedded;

import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.log.LogRecord;
import dev.freshet.log.SourcePosition;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Records that wait for a commit, already laid out as batches. Guarded by whoever owns it: the
 * append lock while it fills, the commit lock while it is written.
 */
final class WriteBuffer {
  private final int batchBytes;
  private final int keptCapacityMax;
  private final Map<String, Source> sources = new HashMap<>();

  private byte[] bytes = new byte[64 << 10];
  private int length;
  private int[] batchStarts = new int[16];
  private int batchCount;
  private int recordsInBatch;
  private long recordCount;

  /** The last completed transaction of a source in this buffer. */
  private static final class Source {
    final byte[] name;
    long offset = -1;
    int positionStart;
    int positionLength;

    Source(byte[] name) {
      this.name = name;
    }
  }

  WriteBuffer(int batchBytes, int keptCapacityMax) {
    this.batchBytes = batchBytes;
    this.keptCapacityMax = keptCapacityMax;
  }

  boolean isEmpty() {
    return batchCount == 0;
  }

  int length() {
    return length;
  }

  long recordCount() {
    return recordCount;
  }

  byte[] bytes() {
    return bytes;
  }

  int batchCount() {
    return batchCount;
  }

  int batchStart(int batch) {
    return batchStarts[batch];
  }

  void add(LogRecord record, long offset) {
    Source source = sources.get(record.source());
    if (source == null) {
      source = newSource(record.source());
    }
    byte[] position = record.position();
    int total = BatchFormat.RECORD_HEADER + source.name.length + position.length + record.length();
    if (batchCount == 0 || length - batchStarts[batchCount - 1] >= batchBytes) {
      startBatch(offset);
    }
    ensure(total);
    int at = length;
    byte[] to = bytes;
    Bytes.putInt(to, at, total);
    Bytes.putLong(to, at + BatchFormat.INGEST_MICROS, record.ingestMicros());
    Bytes.putInt(to, at + BatchFormat.ROW_COUNT, record.rowCount());
    to[at + BatchFormat.PART] = BatchFormat.code(record.part());
    to[at + BatchFormat.SOURCE_BYTES] = (byte) source.name.length;
    Bytes.putShort(to, at + BatchFormat.POSITION_BYTES, position.length);
    int at1 = at + BatchFormat.RECORD_HEADER;
    System.arraycopy(source.name, 0, to, at1, source.name.length);
    int at2 = at1 + source.name.length;
    System.arraycopy(position, 0, to, at2, position.length);
    System.arraycopy(record.bytes(), record.start(), to, at2 + position.length, record.length());
    length = at + total;
    recordsInBatch++;
    recordCount++;
    if (record.part() == ChangeSet.Part.LAST) {
      source.offset = offset;
      source.positionStart = at2;
      source.positionLength = position.length;
    }
  }

  /** Begins a batch; without records it is the mark of a clean close. */
  void startBatch(long offset) {
    endBatch();
    ensure(BatchFormat.HEADER);
    if (batchCount == batchStarts.length) {
      batchStarts = Arrays.copyOf(batchStarts, batchCount * 2);
    }
    batchStarts[batchCount++] = length;
    Bytes.putInt(bytes, length, BatchFormat.MAGIC);
    Bytes.putLong(bytes, length + BatchFormat.FIRST_OFFSET, offset);
    length += BatchFormat.HEADER;
    recordsInBatch = 0;
  }

  /** Completes all batch headers for their places in a file; returns the last batch's CRC. */
  int seal(long segmentBase, long groupPosition, int crcBefore) {
    endBatch();
    int crc = crcBefore;
    for (int i = 0; i < batchCount; i++) {
      int at = batchStarts[i];
      int batchLength = (i + 1 < batchCount ? batchStarts[i + 1] : length) - at;
      Bytes.putLong(bytes, at + BatchFormat.GROUP_POSITION, groupPosition);
      Bytes.putInt(bytes, at + BatchFormat.PREVIOUS_CRC, crc);
      crc = BatchFormat.crc(segmentBase, groupPosition + at, bytes, at, batchLength);
      Bytes.putInt(bytes, at + BatchFormat.CRC, crc);
    }
    return crc;
  }

  private void endBatch() {
    if (batchCount > 0) {
      int at = batchStarts[batchCount - 1];
      Bytes.putInt(bytes, at + BatchFormat.LENGTH, length - at);
      Bytes.putInt(bytes, at + BatchFormat.COUNT, recordsInBatch);
    }
  }

  /** Adds the last completed transaction of each source to {@code positions}. */
  void collectPositions(Map<String, SourcePosition> positions) {
    for (Map.Entry<String, Source> entry : sources.entrySet()) {
      Source source = entry.getValue();
      if (source.offset >= 0) {
        int from = source.positionStart;
        byte[] position = Arrays.copyOfRange(bytes, from, from + source.positionLength);
        positions.put(entry.getKey(), new SourcePosition(entry.getKey(), position, source.offset));
      }
    }
  }

  void clear() {
    length = 0;
    batchCount = 0;
    recordsInBatch = 0;
    recordCount = 0;
    for (Source source : sources.values()) {
      source.offset = -1;
    }
    if (bytes.length > keptCapacityMax) {
      bytes = new byte[64 << 10];
    }
  }

  private Source newSource(String name) {
    byte[] encoded = name.getBytes(StandardCharsets.UTF_8);
    if (encoded.length > LogRecord.SOURCE_BYTES_MAX) {
      throw new FreshetException(
          ErrorCode.LIMIT_EXCEEDED,
          "Cannot append to the log from source "
              + name
              + ": its name has "
              + encoded.length
              + " bytes, and the limit is "
              + LogRecord.SOURCE_BYTES_MAX
              + ". Choose a shorter name.");
    }
    Source source = new Source(encoded);
    sources.put(name, source);
    return source;
  }

  private void ensure(int count) {
    int needed = Math.addExact(length, count);
    if (needed > bytes.length) {
      long doubled = Math.min((long) bytes.length * 2, Integer.MAX_VALUE - 8);
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, doubled));
    }
  }
}
