package dev.freshet.log.embedded;

import dev.freshet.core.error.Check;

/**
 * Settings of the embedded log.
 *
 * @param segmentBytes a segment takes no further commit once it is this long
 * @param batchBytes a batch, the unit of checksums and of reading, takes no further record once it
 *     is this long; at most 1 MiB
 * @param waitingBytesMax past this a writer commits before it appends; at most 1 GiB
 * @param commitDelayNanos how long a record may wait for company before the commit task commits it
 * @param commitBytes the commit task does not wait once this much waits
 * @param readBlockBytes how much a reader reads at once
 * @param patienceNanos how long others wait for a commit that the disk does not end: whoever writes
 *     gets an error then, and closing lets go
 */
public record LogSettings(
    long segmentBytes,
    int batchBytes,
    int waitingBytesMax,
    long commitDelayNanos,
    int commitBytes,
    int readBlockBytes,
    RetentionPolicy retention,
    long patienceNanos) {
  public static final LogSettings DEFAULT =
      new LogSettings(
          128L << 20,
          BatchFormat.FULL_BYTES_MAX,
          16 << 20,
          2_000_000,
          1 << 20,
          1 << 20,
          RetentionPolicy.DEFAULT,
          5_000_000_000L);

  public LogSettings {
    Check.that(segmentBytes > 0, "a segment holds something");
    Check.that(
        batchBytes > 0 && batchBytes <= BatchFormat.FULL_BYTES_MAX,
        "batch bytes between 1 and 1 MiB",
        batchBytes,
        BatchFormat.FULL_BYTES_MAX);
    Check.that(
        waitingBytesMax > 0 && waitingBytesMax <= 1 << 30,
        "waiting bytes between 1 and 1 GiB",
        waitingBytesMax,
        1 << 30);
    Check.that(commitDelayNanos >= 0 && commitBytes > 0, "commits wait a bounded time");
    Check.that(readBlockBytes > 0, "a reader reads something");
    Check.that(patienceNanos > 0, "patience is positive");
  }

  public LogSettings withSegmentBytes(long bytes) {
    return new LogSettings(
        bytes,
        batchBytes,
        waitingBytesMax,
        commitDelayNanos,
        commitBytes,
        readBlockBytes,
        retention,
        patienceNanos);
  }

  public LogSettings withBatchBytes(int bytes) {
    return new LogSettings(
        segmentBytes,
        bytes,
        waitingBytesMax,
        commitDelayNanos,
        commitBytes,
        readBlockBytes,
        retention,
        patienceNanos);
  }

  public LogSettings withWaitingBytesMax(int bytes) {
    return new LogSettings(
        segmentBytes,
        batchBytes,
        bytes,
        commitDelayNanos,
        commitBytes,
        readBlockBytes,
        retention,
        patienceNanos);
  }

  public LogSettings withCommitDelayNanos(long nanos) {
    return new LogSettings(
        segmentBytes,
        batchBytes,
        waitingBytesMax,
        nanos,
        commitBytes,
        readBlockBytes,
        retention,
        patienceNanos);
  }

  public LogSettings withReadBlockBytes(int bytes) {
    return new LogSettings(
        segmentBytes,
        batchBytes,
        waitingBytesMax,
        commitDelayNanos,
        commitBytes,
        bytes,
        retention,
        patienceNanos);
  }

  public LogSettings withRetention(RetentionPolicy policy) {
    return new LogSettings(
        segmentBytes,
        batchBytes,
        waitingBytesMax,
        commitDelayNanos,
        commitBytes,
        readBlockBytes,
        policy,
        patienceNanos);
  }

  public LogSettings withPatienceNanos(long nanos) {
    return new LogSettings(
        segmentBytes,
        batchBytes,
        waitingBytesMax,
        commitDelayNanos,
        commitBytes,
        readBlockBytes,
        retention,
        nanos);
  }
}
