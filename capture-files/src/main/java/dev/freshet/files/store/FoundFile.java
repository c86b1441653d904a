package dev.freshet.files.store;

/**
 * A file as a listing shows it.
 *
 * @param path below the store's root, with {@code /} between parts
 * @param bytes its size
 * @param modifiedMicros when it was last changed, microseconds since the epoch
 * @param tag of its content, as the store gives it: another when the content is; or empty
 */
public record FoundFile(String path, long bytes, long modifiedMicros, String tag) {
  /** Of a store without tags. */
  public FoundFile(String path, long bytes, long modifiedMicros) {
    this(path, bytes, modifiedMicros, "");
  }

  /** Whether both are the same content, as far as the store tells. */
  public boolean hasContentOf(FoundFile other) {
    boolean tells = !tag.isEmpty() && !other.tag.isEmpty();
    return tells
        ? path.equals(other.path) && bytes == other.bytes && tag.equals(other.tag)
        : equals(other);
  }

  /** The part behind the last slash. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
