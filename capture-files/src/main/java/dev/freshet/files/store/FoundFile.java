package dev.freshet.files.store;

/**
 * A file as a listing shows it.
 *
 * @param path below the store's root, with {@code /} between parts
 * @param bytes its size
 * @param modifiedMicros when it was last changed, microseconds since the epoch
 */
public record FoundFile(String path, long bytes, long modifiedMicros) {
  /** The part behind the last slash. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
