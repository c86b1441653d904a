package dev.freshet.engine.checkpoint;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a checkpoint consists of.
 *
 * <pre>
 * magic:int "FMAN"  version:int  step:long  micros:long  userData:blob
 * operators:int, each:  fingerprint:text  parts:int, each:  runs:int, each:  file:long position:long length:long
 * crc32c:int over all before
 * </pre>
 *
 * <p>In every version the magic, the version and the checksum stand where they stand here, so that
 * a version that is not known can be told from damage.
 *
 * @param userData the caller's bytes
 * @param operators by fingerprint, for each part of an operator's state where its runs lie
 */
@SuppressWarnings("ArrayRecordComponent") // opaque bytes, read-only by contract
record Manifest(long step, long micros, byte[] userData, Map<String, List<List<Place>>> operators) {
  private static final int MAGIC = 0x4E414D46;
  private static final int VERSION = 1;

  /** Where a run lies. */
  record Place(long file, long position, long length) {
    // Written out, as what the compiler makes of a record takes 10 ms of a start when first called.
    @Override
    public boolean equals(Object other) {
      return other instanceof Place place
          && file == place.file
          && position == place.position
          && length == place.length;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(31 * (31 * file + position) + length);
    }
  }

  /** Where all runs lie, each once. */
  Set<Place> places() {
    Set<Place> places = new LinkedHashSet<>();
    operators.values().forEach(parts -> parts.forEach(places::addAll));
    return places;
  }

  byte[] toBytes() {
    ByteWriter out = new ByteWriter(1024);
    out.writeInt(MAGIC);
    out.writeInt(VERSION);
    out.writeLong(step);
    out.writeLong(micros);
    out.writeBlob(userData);
    out.writeInt(operators.size());
    operators.forEach((fingerprint, parts) -> {
      out.writeText(fingerprint);
      out.writeInt(parts.size());
      for (List<Place> runs : parts) {
        out.writeInt(runs.size());
        for (Place place : runs) {
          out.writeLong(place.file());
          out.writeLong(place.position());
          out.writeLong(place.length());
        }
      }
    });
    out.writeInt(RunFile.crc(out.array(), 0, out.length()));
    return out.toByteArray();
  }

  /**
   * @param path names the file in errors
   */
  static Manifest of(String path, byte[] bytes) {
    if (bytes.length < 12) {
      throw damaged(path, "it is too short");
    }
    ByteReader in = new ByteReader(bytes, 0, bytes.length - 4);
    if (in.readInt() != MAGIC) {
      throw damaged(path, "it is no manifest");
    }
    int crc = new ByteReader(bytes, bytes.length - 4, 4).readInt();
    if (crc != RunFile.crc(bytes, 0, bytes.length - 4)) {
      throw damaged(path, "its checksum differs");
    }
    int version = in.readInt();
    if (version != VERSION) {
      throw new FreshetException(
          ErrorCode.FORMAT_UNKNOWN,
          "Cannot read checkpoint "
              + path
              + " of format "
              + version
              + ": this Freshet knows format "
              + VERSION
              + ". Use the Freshet that wrote it, or a newer one.");
    }
    long step = in.readLong();
    long micros = in.readLong();
    byte[] userData = in.readBlob();
    int count = in.readCount(8);
    Map<String, List<List<Place>>> operators = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      operators.put(in.readText(), readParts(in));
    }
    return new Manifest(step, micros, userData, operators);
  }

  private static List<List<Place>> readParts(ByteReader in) {
    int count = in.readCount(4);
    List<List<Place>> parts = new ArrayList<>(count);
    for (int p = 0; p < count; p++) {
      int runs = in.readCount(24);
      List<Place> places = new ArrayList<>(runs);
      for (int r = 0; r < runs; r++) {
        places.add(new Place(in.readLong(), in.readLong(), in.readLong()));
      }
      parts.add(places);
    }
    return parts;
  }

  private static FreshetException damaged(String path, String what) {
    return new FreshetException(
        ErrorCode.STORAGE_DAMAGED, "Cannot read checkpoint " + path + ": " + what + ".");
  }
}
