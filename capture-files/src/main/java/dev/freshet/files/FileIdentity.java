package dev.freshet.files;

import dev.freshet.files.store.FoundFile;

/**
 * A file with its content, as it was when it was read.
 *
 * @param table whose rows it holds
 * @param path below the source's folder
 * @param bytes its size
 * @param modifiedMicros when it was last changed, microseconds since the epoch
 * @param tag of its content, as the store gave it; or empty
 * @param digested how many of its first bytes the digest is of: fewer than all, where what follows
 *     was not taken
 * @param digest of its content
 */
record FileIdentity(
    String table,
    String path,
    long bytes,
    long modifiedMicros,
    String tag,
    long digested,
    Digest digest) {
  /** Of which all, or the first bytes, are digested. */
  static FileIdentity of(String table, FoundFile found, long digested, Digest digest) {
    return new FileIdentity(
        table, found.path(), found.bytes(), found.modifiedMicros(), found.tag(), digested, digest);
  }

  /** Of a file none of whose rows was taken. */
  static FileIdentity untaken(String table, FoundFile found) {
    return of(table, found, 0, Digest.EMPTY);
  }

  /** Whether a listing shows nothing else: then its content is not looked at. */
  boolean looksLike(FoundFile found) {
    return found().equals(found);
  }

  /** As a listing showed it. */
  FoundFile found() {
    return new FoundFile(path, bytes, modifiedMicros, tag);
  }
}
