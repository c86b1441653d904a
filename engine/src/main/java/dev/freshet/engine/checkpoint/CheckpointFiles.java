package dev.freshet.engine.checkpoint;

import java.util.OptionalLong;

/**
 * The names of the files of a checkpoint directory. A manifest and the runs that came with it have
 * the same number, and the index of those; the numbers ascend.
 */
final class CheckpointFiles {
  private static final String MANIFEST = "manifest";
  private static final String MANIFEST_PREFIX = "manifest-";
  private static final String RUNS_PREFIX = "state-";
  private static final String RUNS_SUFFIX = ".run";
  private static final String INDEX_SUFFIX = ".index";

  /** Is there when something of a checkpoint was found damaged, and none was written since. */
  static final String DOUBT = "damage-found";

  private CheckpointFiles() {}

  /** Number 0 is the only manifest of a directory from before more than one was kept. */
  static String manifest(long number) {
    return number == 0 ? MANIFEST : MANIFEST_PREFIX + digits(number);
  }

  static String runs(long number) {
    return RUNS_PREFIX + digits(number) + RUNS_SUFFIX;
  }

  /** The {@link RunIndex} of the runs of that number. */
  static String index(long number) {
    return RUNS_PREFIX + digits(number) + INDEX_SUFFIX;
  }

  static OptionalLong indexNumber(String name) {
    return number(name, RUNS_PREFIX, INDEX_SUFFIX);
  }

  static OptionalLong manifestNumber(String name) {
    return name.equals(MANIFEST) ? OptionalLong.of(0) : number(name, MANIFEST_PREFIX, "");
  }

  static OptionalLong runsNumber(String name) {
    return number(name, RUNS_PREFIX, RUNS_SUFFIX);
  }

  private static String digits(long number) {
    return String.format("%016x", number);
  }

  private static OptionalLong number(String name, String prefix, String suffix) {
    if (!name.startsWith(prefix) || !name.endsWith(suffix)) {
      return OptionalLong.empty();
    }
    try {
      String digits = name.substring(prefix.length(), name.length() - suffix.length());
      return OptionalLong.of(Long.parseLong(digits, 16));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
