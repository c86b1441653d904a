package dev.freshet.capture;

import java.util.List;

/**
 * How a source is doing, at one moment.
 *
 * @param received the last position received, in the source's own notation; empty before the first
 * @param acknowledged the last position that the source was told is durable
 * @param lagBytes bytes of the source's log that Freshet has not made durable yet
 * @param rows rows delivered since the start
 * @param bytes bytes received since the start
 * @param lastCommitMicros commit time of the last delivered transaction, 0 before the first
 * @param lastError what went wrong last, empty when nothing did since the last success
 * @param tables what came for each table, where the source counts that
 * @param retainedBytes bytes of its log that the origin keeps for us; -1 when not known
 * @param schemaChanges the last changes of the tables' shapes at the origin, the oldest first;
 *     empty for a source that does not tell
 * @param notes how single tables are, where that is not as with the others
 */
public record SourceStatus(
    State state,
    String received,
    String acknowledged,
    long lagBytes,
    long rows,
    long bytes,
    long lastCommitMicros,
    SnapshotProgress snapshot,
    String lastError,
    List<Table> tables,
    long retainedBytes,
    List<SchemaChange> schemaChanges,
    List<TableNote> notes) {
  public SourceStatus {
    tables = List.copyOf(tables);
    schemaChanges = List.copyOf(schemaChanges);
    notes = List.copyOf(notes);
  }

  /** Of a source that does not count by tables. */
  public SourceStatus(
      State state,
      String received,
      String acknowledged,
      long lagBytes,
      long rows,
      long bytes,
      long lastCommitMicros,
      SnapshotProgress snapshot,
      String lastError) {
    this(
        state,
        received,
        acknowledged,
        lagBytes,
        rows,
        bytes,
        lastCommitMicros,
        snapshot,
        lastError,
        List.of());
  }

  /** Of a source for which no origin keeps a log. */
  public SourceStatus(
      State state,
      String received,
      String acknowledged,
      long lagBytes,
      long rows,
      long bytes,
      long lastCommitMicros,
      SnapshotProgress snapshot,
      String lastError,
      List<Table> tables) {
    this(
        state,
        received,
        acknowledged,
        lagBytes,
        rows,
        bytes,
        lastCommitMicros,
        snapshot,
        lastError,
        tables,
        -1,
        List.of(),
        List.of());
  }

  /**
   * What came for one table since the start.
   *
   * @param rows rows that were taken
   * @param refused rows that were not; they are kept with their reasons
   * @param bytes bytes of both, as they came
   * @param lagRows rows that wait at the source; -1 when not known
   */
  public record Table(String name, long rows, long refused, long bytes, long lagRows) {}

  /**
   * How one table is, while the others go on.
   *
   * @param text a clause, such as {@code is missing at the source}; of a problem also what to do
   */
  public record TableNote(String table, Level level, String text) {
    /** What a note is. */
    public enum Level {
      /** All is as it is wanted. */
      NOTE,
      /** The source tries again by itself. */
      PROBLEM
    }
  }

  /** What a source is doing. */
  public enum State {
    CONNECTING,
    SNAPSHOT,
    STREAMING,
    /** The connection was lost or refused; a retry follows by itself. */
    WAITING_TO_RETRY,
    /** Ended by an error that no retry mends. */
    FAILED,
    STOPPED
  }

  /**
   * How far the initial snapshot is; all zero when none was needed.
   *
   * @param rowsEstimated an estimate of all, which may be off
   * @param secondsLeft how long the rest will take at the pace so far; -1 when not known
   */
  public record SnapshotProgress(
      int tablesDone, int tables, long rowsDone, long rowsEstimated, long secondsLeft) {
    public static final SnapshotProgress NONE = new SnapshotProgress(0, 0, 0, 0);

    /** Of a source that does not know how long the rest will take. */
    public SnapshotProgress(int tablesDone, int tables, long rowsDone, long rowsEstimated) {
      this(tablesDone, tables, rowsDone, rowsEstimated, -1);
    }
  }
}
