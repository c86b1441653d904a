package dev.freshet.bench.freshness;

import dev.freshet.bench.capture.Origin;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** Sessions that insert rows at a steady rate, each into a lane of its own. */
final class Writers {
  /** So many sessions: one alone would wait for the disk at each commit. */
  static final int LANES = 8;

  /**
   * What was committed.
   *
   * @param seconds that it took
   */
  record Written(Lanes commits, long rows, long idSum, double seconds) {}

  private record Lane(long rows, long idSum) {}

  private Writers() {}

  static Written write(Origin origin, long rate, int transaction, Duration time)
      throws IOException, InterruptedException {
    Lanes commits = new Lanes(LANES);
    long start = System.nanoTime();
    long between = 1_000_000_000L * transaction * LANES / rate;
    long count = Math.max(1, time.toNanos() / between);
    try (ExecutorService threads = Executors.newFixedThreadPool(LANES)) {
      List<Future<Lane>> running = new ArrayList<>();
      for (int number = 0; number < LANES; number++) {
        int lane = number;
        long first = start + between * lane / LANES;
        running.add(
            threads.submit(() -> lane(origin, commits, lane, transaction, first, between, count)));
      }
      long rows = 0;
      long idSum = 0;
      for (Future<Lane> each : running) {
        rows += each.get().rows();
        idSum += each.get().idSum();
      }
      return new Written(commits, rows, idSum, (System.nanoTime() - start) / 1e9);
    } catch (ExecutionException e) {
      throw new IOException("a writer failed: " + e.getCause(), e);
    }
  }

  private static Lane lane(
      Origin origin, Lanes commits, int lane, int transaction, long first, long between, long count)
      throws SQLException {
    long rows = 0;
    long idSum = 0;
    try (Connection connection = origin.connect();
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO events SELECT ? + i * "
                    + LANES
                    + ", ?, i FROM generate_series(0, ?) i")) {
      for (long i = 0; i < count; i++) {
        for (long due = first + i * between, left = due - System.nanoTime();
            left > 0;
            left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        long id = LANES + rows * LANES + lane;
        insert.setLong(1, id);
        insert.setInt(2, lane);
        insert.setInt(3, transaction - 1);
        insert.executeUpdate();
        long newest = id + (transaction - 1L) * LANES;
        commits.add(lane, newest, Lanes.nowMicros());
        rows += transaction;
        idSum += (id + newest) * transaction / 2;
      }
    }
    return new Lane(rows, idSum);
  }
}
