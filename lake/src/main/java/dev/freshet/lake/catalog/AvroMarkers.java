package dev.freshet.lake.catalog;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The sync markers of an Avro file (Apache Avro specification, "Object Container Files"). The
 * writer draws them at random; as a digest of the rest they let the same content give the same
 * bytes. Where they stand is drawn at {@link AvroFileBytes}.
 */
final class AvroMarkers {
  private AvroMarkers() {}

  /**
   * Replaces all markers of a whole file, in place.
   *
   * @param location for errors
   */
  static void replace(byte[] file, String location) {
    List<Integer> places = places(new AvroFileBytes(file, location));
    for (int place : places) {
      Arrays.fill(file, place, place + AvroFileBytes.MARKER_BYTES, (byte) 0);
    }
    byte[] marker = digest(file);
    for (int place : places) {
      System.arraycopy(marker, 0, file, place, AvroFileBytes.MARKER_BYTES);
    }
  }

  private static List<Integer> places(AvroFileBytes file) {
    List<Integer> places = new ArrayList<>();
    file.readMetadata();
    places.add(file.position());
    file.readMarker();
    while (file.hasNext()) {
      file.readLong(); // rows
      file.readBytes();
      places.add(file.position());
      file.readMarker();
    }
    return places;
  }

  private static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance("MD5").digest(bytes); // 16 bytes, as a marker; no secret
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
