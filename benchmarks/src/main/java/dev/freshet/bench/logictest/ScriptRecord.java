package dev.freshet.bench.logictest;

import java.util.List;

/** One record of a script, at the line where it begins. */
sealed interface ScriptRecord {
  int line();

  /** A statement that changes something, and whether it has to succeed. */
  record Statement(int line, Outcome outcome, String sql) implements ScriptRecord {}

  /**
   * A query and its answer.
   *
   * @param types one letter a column: I whole number, R three digits after the point, T text
   * @param notFor the systems for which the script leaves the query out, in lower case
   */
  record Query(
      int line, String types, Order order, String sql, Expected expected, List<String> notFor)
      implements ScriptRecord {
    public Query {
      notFor = List.copyOf(notFor);
    }
  }

  /** Whether a statement has to succeed. */
  enum Outcome {
    OK,
    ERROR
  }

  /** What is sorted before answers are compared: nothing, whole rows, or all values. */
  enum Order {
    AS_ANSWERED,
    ROWS,
    VALUES
  }

  /** An answer: its values row by row, or for a long one their number and hash. */
  sealed interface Expected {
    record Values(List<String> values) implements Expected {
      public Values {
        values = List.copyOf(values);
      }
    }

    record Hash(int count, String md5) implements Expected {}
  }
}
