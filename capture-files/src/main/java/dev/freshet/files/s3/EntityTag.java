package dev.freshet.files.s3;

import org.jspecify.annotations.Nullable;

/** The entity tag of an object, which stores write in several ways: {@code "a"}, a, W/"a". */
final class EntityTag {
  private static final String WEAK = "W/";

  private EntityTag() {}

  /**
   * As RFC 9110 writes a strong one, which alone a request for a part may name; or empty.
   *
   * @param written null, or empty, where the store gives none
   */
  static String of(@Nullable String written) {
    if (written == null || written.isEmpty()) {
      return "";
    }
    String strong = written.startsWith(WEAK) ? written.substring(WEAK.length()) : written;
    boolean isQuoted = strong.length() > 1 && strong.startsWith("\"") && strong.endsWith("\"");
    return isQuoted ? strong : '"' + strong + '"';
  }
}
