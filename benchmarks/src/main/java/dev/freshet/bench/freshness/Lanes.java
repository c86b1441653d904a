package dev.freshet.bench.freshness;

import dev.freshet.bench.harness.Samples;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * When something was there: of each lane, ids that ascend, with the time since when all up to them
 * are there. All processes of one machine read the same clock. Safe for all threads.
 */
final class Lanes {
  private final List<List<Moment>> lanes = new ArrayList<>();

  private record Moment(long id, long micros) {}

  Lanes(int count) {
    for (int lane = 0; lane < count; lane++) {
      lanes.add(new ArrayList<>());
    }
  }

  static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  synchronized void add(int lane, long id, long micros) {
    List<Moment> moments = lanes.get(lane);
    if (moments.isEmpty() || moments.getLast().id() < id) {
      moments.add(new Moment(id, micros));
    }
  }

  /** Whether all is there that another has. */
  synchronized boolean reaches(Lanes other) {
    for (int lane = 0; lane < lanes.size(); lane++) {
      if (newest(lane) < other.newest(lane)) {
        return false;
      }
    }
    return true;
  }

  private synchronized long newest(int lane) {
    List<Moment> moments = lanes.get(lane);
    return moments.isEmpty() ? 0 : moments.getLast().id();
  }

  /**
   * From commit to visible.
   *
   * @param fromMicros commits before it do not count
   * @throws FreshetException when a commit was never seen
   */
  static Samples latencies(Lanes committed, Lanes seen, long fromMicros) {
    Samples samples = new Samples();
    for (int lane = 0; lane < committed.lanes.size(); lane++) {
      List<Moment> visible = seen.lanes.get(lane);
      int next = 0;
      for (Moment commit : committed.lanes.get(lane)) {
        while (next < visible.size() && visible.get(next).id() < commit.id()) {
          next++;
        }
        if (next == visible.size()) {
          throw new FreshetException(
              ErrorCode.INVARIANT_BROKEN,
              "Failed to measure: row " + commit.id() + " of lane " + lane + " was never seen");
        }
        if (commit.micros() >= fromMicros) {
          // A reader may have it before the writer has its acknowledgement.
          samples.add(Math.max(0, visible.get(next).micros() - commit.micros()) * 1_000);
        }
      }
    }
    return samples;
  }
}
