package dev.freshet.log.embedded;

import dev.freshet.core.error.Check;

/**
 * Settings of the embedded log.
 *
 * @param segmentBytes a segment takes no further commit once it is this long
 * @param waitingBytesMax past this a writer commits before it appends
 * @param commitDelayNanos how long a record may wait for company before the commit task commits it
 * @param commitBytes the commit task does not wait once this much waits
 * @param readBlockBytes how much a reader reads at once
 */
public record LogSettings(
    long segmentBytes,
    int waitingBytesMax,
    long commitDelayNanos,
    int commitBytes,
    int readBlockBytes,
    RetentionPolicy retention) {
  public static final LogSettings DEFAULT =
      new LogSettings(128L << 20, 16 << 20, 2_000_000, 1 << 20, 1 << 20, RetentionPolicy.DEFAULT);

  public LogSettings {
    Check.that(segmentBytes > 0, "a segment holds something");
    Check.that(
        waitingBytesMax > 0 && waitingBytesMax <= 1 << 30,
        "waiting bytes between 1 and 1 GiB",
        waitingBytesMax,
        1 << 30);
    Check.that(commitDelayNanos >= 0 && commitBytes > 0, "commits wait a bounded time");
    Check.that(readBlockBytes > 0, "a reader reads something");
  }

  public LogSettings withSegmentBytes(long bytes) {
    return new LogSettings(
        bytes, waitingBytesMax, commitDelayNanos, commitBytes, readBlockBytes, retention);
  }

  public LogSettings withWaitingBytesMax(int bytes) {
    return new LogSettings(
        segmentBytes, bytes, commitDelayNanos, commitBytes, readBlockBytes, retention);
  }

  public LogSettings withCommitDelayNanos(long nanos) {
    return new LogSettings(
        segmentBytes, waitingBytesMax, nanos, commitBytes, readBlockBytes, retention);
  }

  public LogSettings withReadBlockBytes(int bytes) {
    return new LogSettings(
        segmentBytes, waitingBytesMax, commitDelayNanos, commitBytes, bytes, retention);
  }

  public LogSettings withRetention(RetentionPolicy policy) {
    return new LogSettings(
        segmentBytes, waitingBytesMax, commitDelayNanos, commitBytes, readBlockBytes, policy);
  }
}
