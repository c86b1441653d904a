package dev.freshet.engine.hash;

/** Which rows of a table or view. */
public enum RowKind {
  /** Those that it has. */
  CONTENT,
  /** Those that it could not compute, with the columns of {@code Engine.ERROR_SCHEMA}. */
  ERRORS
}
