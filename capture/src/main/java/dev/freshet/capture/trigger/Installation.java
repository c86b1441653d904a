package dev.freshet.capture.trigger;

import java.util.List;

/** What is installed at the database, compared with what should be. */
final class Installation {
  private Installation() {}

  /**
   * Something that does not stand as it should.
   *
   * @param message what cannot be done because of it, and why
   * @param statements that mend it, in their order. Those for a table's triggers mark it as to be
   *     read anew: when all changes from then on are written, and before the lack is gone, so that
   *     what is broken off in between is mended once more
   */
  record Lack(String message, List<String> statements) {
    Lack {
      statements = List.copyOf(statements);
    }

    /**
     * One with which changes are missed.
     *
     * @param what such as {@code trigger x on table y is missing}
     */
    static Lack ofChanges(String what, List<String> statements) {
      return new Lack("Cannot see all changes: " + what, statements);
    }
  }

  /** All that mends them. */
  static List<String> statements(List<Lack> lacks) {
    return lacks.stream().flatMap(lack -> lack.statements().stream()).toList();
  }
}
