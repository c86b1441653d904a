package dev.freshet.engine;

/**
 * How far a table with a watermark, or a final view, has come.
 *
 * @param watermarkMicros microseconds since the epoch; {@link #NONE} before the first
 * @param lateChanges of a view, how many changes came too late for it, ever: an update of a row
 *     counts for two when both its rows did
 * @param aheadChanges of a view, how many changes were of rows too far ahead of the time at which
 *     they came in, ever
 */
public record RelationTime(
    String relation, long watermarkMicros, Activity activity, long lateChanges, long aheadChanges) {
  public static final long NONE = Long.MIN_VALUE;

  /** Whether a table holds back the views that read it. */
  public enum Activity {
    ACTIVE,
    IDLE
  }
}
