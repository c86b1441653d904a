package dev.freshet.capture.trigger;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What is installed at the database, compared with what should be. */
final class Installation {
  private Installation() {}

  /**
   * Something that does not stand as it should.
   *
   * @param what in the words of a message, such as {@code trigger x on table y is missing}
   * @param statements that mend it, in their order
   * @param unseen the tables, as the change table names them, of which changes may have been missed
   *     and which are to be read anew
   */
  record Lack(String what, List<String> statements, List<String> unseen) {
    Lack {
      statements = List.copyOf(statements);
      unseen = List.copyOf(unseen);
    }
  }

  /** All that mends them: the tables are marked last, when all changes from then on are written. */
  static List<String> statements(ChangeTable changes, List<Lack> lacks) {
    List<String> statements = new ArrayList<>();
    Set<String> unseen = new LinkedHashSet<>();
    for (Lack lack : lacks) {
      statements.addAll(lack.statements());
      unseen.addAll(lack.unseen());
    }
    unseen.forEach(table -> statements.add(changes.marker(table)));
    return statements;
  }
}
