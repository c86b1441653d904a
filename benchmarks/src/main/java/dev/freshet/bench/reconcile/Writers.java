package dev.freshet.bench.reconcile;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Sessions that write as fast as they can to all rows that are not reserved; half of their
 * transactions to a few rows that are always changing. Until closed.
 */
final class Writers implements AutoCloseable {
  private static final int HOT = 40;

  private final Parcels parcels;
  private final AtomicLong commits = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stop;
  private volatile @Nullable SQLException failure;

  private Writers(Parcels parcels) {
    this.parcels = parcels;
  }

  static Writers start(Parcels parcels, int sessions, long seed) {
    Writers writers = new Writers(parcels);
    for (int i = 0; i < sessions; i++) {
      SplittableRandom random = new SplittableRandom(seed + i);
      boolean waits = i % 2 == 0;
      writers.threads.add(
          Thread.ofPlatform().name("writer " + i).start(() -> writers.run(random, waits)));
    }
    return writers;
  }

  long commits() {
    return commits.get();
  }

  private void run(SplittableRandom random, boolean waits) {
    try (Connection connection = parcels.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET synchronous_commit = " + (waits ? "on" : "off"));
      connection.setAutoCommit(false);
      while (!stop) {
        write(statement, random);
        if (random.nextInt(10) == 0) {
          connection.rollback();
        } else {
          connection.commit();
          commits.incrementAndGet();
        }
      }
    } catch (SQLException e) {
      failure = e;
    }
  }

  private void write(Statement statement, SplittableRandom random) throws SQLException {
    int range = random.nextBoolean() ? HOT : parcels.rows();
    // In the order of their ids and tables, so that sessions wait and never for each other.
    int id = free(1 + random.nextInt(range));
    switch (random.nextInt(6)) {
      case 0 -> statement.execute("DELETE FROM parcels WHERE id = " + id);
      case 1, 2 ->
          statement.execute(
              "INSERT INTO parcels VALUES ("
                  + id
                  + ", 1, 2, 'Infinity', repeat('long', 2500)) ON CONFLICT (id) DO UPDATE SET n ="
                  + " parcels.n + 1");
      default -> statement.execute("UPDATE parcels SET n = n + 1 WHERE id = " + id);
    }
    statement.execute("UPDATE stops SET n = n - 1 WHERE id = " + id);
  }

  private static int free(int id) {
    return id % Parcels.RESERVED == 0 ? id - 1 : id;
  }

  @Override
  public void close() throws SQLException {
    stop = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    SQLException broken = failure;
    if (broken != null) {
      throw broken;
    }
  }
}
