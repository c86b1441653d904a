package dev.freshet.sql.statement;

import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.Watermark;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.eventtime.Emit;
import java.util.List;
import java.util.Optional;

/** A CREATE or DROP as it is written; nothing is looked up. */
public sealed interface Definition {
  /** What to do when the object to create is there already, or the one to drop is not. */
  enum Otherwise {
    FAIL,
    /** IF NOT EXISTS, IF EXISTS: leave it as it is. */
    IGNORE,
    /** OR REPLACE. */
    REPLACE
  }

  /** What is dropped. */
  enum Kind {
    TABLE,
    VIEW
  }

  /**
   * @param primaryKey names of columns; empty when the table has no key
   * @param watermark if the table's rows come about in the order of a column
   * @param keep which of its rows are kept
   */
  record CreateTable(
      String name,
      Schema schema,
      List<String> primaryKey,
      Optional<Watermark> watermark,
      Keep keep,
      Otherwise otherwise)
      implements Definition {}

  /**
   * @param columns names for the query's columns; empty to keep them
   * @param emit when its rows come out
   * @param keep which of its rows are kept
   * @param query the SELECT, at its place in the statement
   */
  record CreateView(
      String name,
      Optional<List<String>> columns,
      Emit emit,
      Keep keep,
      SourceText query,
      Otherwise otherwise)
      implements Definition {}

  record Drop(Kind kind, String name, Otherwise otherwise) implements Definition {}
}
