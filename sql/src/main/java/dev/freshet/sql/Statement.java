package dev.freshet.sql;

import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.statement.Definition;

/** A statement of the library, checked against the catalog where it reads or changes tables. */
public sealed interface Statement {
  /** Whether the table exists already is not checked. */
  record CreateTable(Definition.CreateTable definition) implements Statement {}

  /** A maintained view; CREATE MATERIALIZED VIEW is the same. */
  record CreateView(Definition.CreateView definition, CompiledQuery query) implements Statement {}

  /** Whether the object exists is not checked. */
  record Drop(Definition.Drop definition) implements Statement {}

  /**
   * @param rows complete rows of the table, columns in its order; a column that the statement
   *     leaves out is NULL. The plan's NOT NULL says what is known: a row may still hold a NULL
   *     where the table allows none.
   */
  record Insert(String table, Plan rows) implements Statement {}

  /**
   * @param rows each changed row as it was, then as it becomes: twice the table's columns, in its
   *     order
   */
  record Update(String table, Plan rows) implements Statement {}

  /**
   * @param rows the complete rows to delete
   */
  record Delete(String table, Plan rows) implements Statement {}

  record Query(CompiledQuery query) implements Statement {}

  record Explain(CompiledQuery query) implements Statement {}
}
