package dev.freshet.capture;

/**
 * What has become of the shape of a captured table at its source.
 *
 * @param table the table's name in Freshet
 * @param column the column's name before the change; empty where the change is not of one column
 * @param before what was: a name, a type, the key's columns, or the columns that are gone
 * @param after what is: the same
 * @param position where in the source's changes it lies, in the source's own notation: rows before
 *     it have the shape before
 * @param sourceMicros when it was committed, microseconds since the epoch
 */
public record SchemaChange(
    String table,
    Kind kind,
    String column,
    String before,
    String after,
    String position,
    long sourceMicros) {
  /** What changed. */
  public enum Kind {
    COLUMN_ADDED,
    COLUMN_DROPPED,
    COLUMN_RENAMED,
    TYPE_CHANGED,
    NULL_ALLOWED,
    NULL_FORBIDDEN,
    KEY_CHANGED,
    TABLE_RENAMED,
    TABLE_DROPPED,
    /** Another table has its name now. */
    TABLE_MADE_ANEW,
    /**
     * Columns are gone and others are there: renamed, or dropped and added. The source does not
     * tell which.
     */
    UNCLEAR
  }

  /** The same, somewhere else. */
  public SchemaChange at(String newPosition, long newMicros) {
    return new SchemaChange(table, kind, column, before, after, newPosition, newMicros);
  }

  /** As a sentence without its end. */
  public String text() {
    return switch (kind) {
      case COLUMN_ADDED -> "column " + column + " (" + after + ") was added to " + table;
      case COLUMN_DROPPED -> "column " + column + " was dropped from " + table;
      case COLUMN_RENAMED -> "column " + column + " of " + table + " was renamed to " + after;
      case TYPE_CHANGED ->
          "column " + column + " of " + table + " is " + after + " now, and was " + before;
      case NULL_ALLOWED -> "column " + column + " of " + table + " may be NULL now";
      case NULL_FORBIDDEN -> "column " + column + " of " + table + " is NOT NULL now";
      case KEY_CHANGED -> "the key of " + table + " is " + after + " now, and was " + before;
      case TABLE_RENAMED -> table + " is named " + after + " now, and was named " + before;
      case TABLE_DROPPED -> before + ", which is " + table + " here, was dropped";
      case TABLE_MADE_ANEW -> after + ", which is " + table + " here, was made anew";
      case UNCLEAR ->
          "of "
              + table
              + ", "
              + before
              + " is gone, and there is "
              + after
              + ": renamed or altered, or dropped and added, which cannot be told apart";
    };
  }
}
