package dev.freshet.core.type;

import dev.freshet.core.error.Check;

/**
 * What is known of the order in which a table's rows come: when one of time t has come, none is
 * expected with a time before t less the delay.
 *
 * @param column a TIMESTAMP or TIMESTAMP_LTZ column of the table
 * @param delayMicros how much earlier than the latest row a row may be, microseconds
 * @param idleMicros after how long without a change the table holds nobody back, microseconds;
 *     {@link #NEVER_IDLE} when it always does
 * @param aheadMicros how much later than the time at which it came in a row may be, microseconds: a
 *     later one says nothing of how far the table has come; {@link #ANY_AHEAD} when each does
 */
public record Watermark(String column, long delayMicros, long idleMicros, long aheadMicros) {
  public static final long NEVER_IDLE = Long.MAX_VALUE;
  public static final long ANY_AHEAD = Long.MAX_VALUE;

  public Watermark {
    Check.that(delayMicros >= 0, "a delay is not negative", delayMicros, 0);
    Check.that(idleMicros > 0, "idle after some time", idleMicros, 0);
    Check.that(aheadMicros >= 0, "ahead by some time", aheadMicros, 0);
  }

  /** One that believes any row's time. */
  public Watermark(String column, long delayMicros, long idleMicros) {
    this(column, delayMicros, idleMicros, ANY_AHEAD);
  }

  /** Whether a row can be too far ahead. */
  public boolean isGuarded() {
    return aheadMicros != ANY_AHEAD;
  }

  /** The latest time of a row that came in at a moment; {@link Long#MAX_VALUE} for any. */
  public long latestAt(long ingestMicros) {
    return aheadMicros > Long.MAX_VALUE - Math.max(0, ingestMicros)
        ? Long.MAX_VALUE
        : ingestMicros + aheadMicros;
  }
}
