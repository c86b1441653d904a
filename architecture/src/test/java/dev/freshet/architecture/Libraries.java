package dev.freshet.architecture;

import java.util.Optional;
import java.util.Set;

/** Tells from a package which third-party library it belongs to. */
final class Libraries {
  /**
   * Roots under which many unrelated projects live, so that three name parts make a library and not
   * two.
   */
  private static final Set<String> WIDE_ROOTS =
      Set.of("org.apache", "com.google", "com.fasterxml", "com.github", "io.github", "org.eclipse");

  private static final Set<String> OURS_AND_JDK =
      Set.of(
          "java",
          "javax",
          "jdk",
          "sun",
          "com.sun",
          "dev.freshet",
          "org.w3c",
          "org.xml",
          "org.ietf");

  private Libraries() {}

  /**
   * The library that {@code packageName} belongs to; empty for our own packages, the JDK's, and
   * types without a package (primitives and arrays of them).
   */
  static Optional<String> of(String packageName) {
    String[] parts = packageName.split("\\.", -1);
    if (packageName.isEmpty() || OURS_AND_JDK.contains(parts[0])) {
      return Optional.empty();
    }
    String two = parts.length == 1 ? parts[0] : parts[0] + "." + parts[1];
    if (OURS_AND_JDK.contains(two)) {
      return Optional.empty();
    }
    return Optional.of(WIDE_ROOTS.contains(two) && parts.length > 2 ? two + "." + parts[2] : two);
  }
}
