package dev.freshet.files;

import dev.freshet.files.store.OpenFile;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The digests of files that grow, so that each addition does not cost reading all that was before:
 * of that only samples are compared. One thread owns it.
 */
final class RunningDigests {
  private static final int FILES_MAX = 100;

  /** Shorter ones are read again in no time. */
  private static final int BYTES_MIN = 1 << 20;

  private static final int EDGE_BYTES = 64 << 10;
  private static final int PIECE_BYTES = 4 << 10;
  private static final int PIECES = 16;

  private final Map<String, Running> byPath = new LinkedHashMap<>();

  private record Running(MessageDigest digest, Digest value, Digest sample) {}

  /** Keeps the digest of a file's first bytes. */
  void put(String path, MessageDigest digest, OpenFile file, long bytes) {
    byPath.remove(path);
    if (bytes < BYTES_MIN) {
      return;
    }
    byPath.put(path, new Running(Digest.copy(digest), Digest.soFar(digest), sample(file, bytes)));
    if (byPath.size() > FILES_MAX) {
      byPath.remove(byPath.keySet().iterator().next());
    }
  }

  /**
   * The digest of the part that was read, to go on with; {@code null} when it is not known, or the
   * file is another now.
   */
  @Nullable MessageDigest find(FileIdentity read, OpenFile file) {
    Running running = byPath.get(read.path());
    if (running == null || !running.value().equals(read.digest())) {
      return null;
    }
    boolean isSame = running.sample().equals(sample(file, read.digested()));
    return isSame ? Digest.copy(running.digest()) : null;
  }

  private static Digest sample(OpenFile file, long end) {
    MessageDigest sample = Digest.start();
    add(sample, file, 0, Math.min(EDGE_BYTES, end));
    for (int piece = 1; piece < PIECES; piece++) {
      long at = end / PIECES * piece;
      add(sample, file, at, Math.min(PIECE_BYTES, end - at));
    }
    long last = Math.max(0, end - EDGE_BYTES);
    add(sample, file, last, end - last);
    return Digest.of(sample);
  }

  private static void add(MessageDigest sample, OpenFile file, long position, long count) {
    byte[] bytes = new byte[(int) count];
    sample.update(bytes, 0, file.read(position, bytes, 0, bytes.length));
  }
}
