package dev.freshet.capture.trigger;

import java.util.List;

/** What is installed at the database, compared with what should be. */
final class Installation {
  private Installation() {}

  /**
   * Something that does not stand as it should.
   *
   * @param what in the words of a message, such as {@code trigger x on table y is missing}
   * @param statements that mend it, in their order. Those for a table's triggers mark it as to be
   *     read anew: when all changes from then on are written, and before the lack is gone, so that
   *     what is broken off in between is mended once more
   */
  record Lack(String what, List<String> statements) {
    Lack {
      statements = List.copyOf(statements);
    }
  }

  /** All that mends them. */
  static List<String> statements(List<Lack> lacks) {
    return lacks.stream().flatMap(lack -> lack.statements().stream()).toList();
  }
}
