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
 */
public record Watermark(String column, long delayMicros, long idleMicros) {
  public static final long NEVER_IDLE = Long.MAX_VALUE;

  public Watermark {
    Check.that(delayMicros >= 0, "a delay is not negative", delayMicros, 0);
    Check.that(idleMicros > 0, "idle after some time", idleMicros, 0);
  }
}
