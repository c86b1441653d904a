package dev.freshet.bench.kill;

import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import dev.freshet.demo.shop.ShopDatabase;
import dev.freshet.demo.shop.ShopSchema;
import dev.freshet.demo.shop.ShopWorkload;
import dev.freshet.demo.shop.WorkloadOptions;
import dev.freshet.demo.verify.Verification;
import dev.freshet.testing.postgres.PostgresOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * {@code ./prove kill --times 200 --rate 1000}: runs {@code examples/shop} in a process of its own
 * under a workload, kills that process with SIGKILL at random moments, also while it starts, and
 * starts it again on the same state. Once caught up, every table and model must equal PostgreSQL's
 * answer, the lake's tables must equal the models, and the bronze tables must hold each change once
 * and, replayed, give the tables.
 */
public final class KillProof implements Proof {
  private static final long READY_SECONDS = 120;
  private static final long VERIFY_SECONDS = 300;
  private static final int START_KILL_PERCENT = 20;

  @Override
  public String name() {
    return "kill";
  }

  @Override
  public String summary() {
    return "kill -9 of the real process under load, compared with PostgreSQL after each (--times 200, --rate 1000)";
  }

  @Override
  public void run(List<String> arguments, Tally tally) throws Exception {
    Options options = Options.of(arguments, "times", "rate");
    long times = options.number("times", 200);
    int rate = (int) options.number("rate", 1_000);
    Random random = new Random(tally.seed());
    try (WorkFolder folder = WorkFolder.create("freshet-prove-kill-");
        ShopDatabase shop =
            ShopDatabase.start(
                folder.path().resolve("postgres"),
                PostgresOptions.fast(),
                ShopSchema.Size.small(),
                tally.seed())) {
      Path state = folder.path().resolve("state");
      for (long i = 0; i < times; i++) {
        boolean whileStarting = i > 0 && random.nextInt(100) < START_KILL_PERCENT;
        String failure =
            whileStarting
                ? killWhileStarting(shop, state, random)
                : killAtWork(shop, state, random, rate, tally.seed() + i);
        if (failure.isEmpty()) {
          tally.passed();
        } else {
          tally.failed(failure);
          return; // what follows would fail for the same reason
        }
        if ((i + 1) % 10 == 0) {
          System.out.printf("%d of %d kills%n", i + 1, times);
        }
      }
      verifyAfterTheLast(shop, state, tally);
    }
  }

  private static String killWhileStarting(ShopDatabase shop, Path state, Random random)
      throws Exception {
    try (Victim victim = Victim.start(shop.url(), state)) {
      TimeUnit.MILLISECONDS.sleep(random.nextInt(2_500));
      victim.kill();
      return "";
    }
  }

  /** Compares what the kill before left, then works on under load and is killed. */
  private static String killAtWork(
      ShopDatabase shop, Path state, Random random, int rate, long workloadSeed) throws Exception {
    try (Victim victim = Victim.start(shop.url(), state)) {
      String failure = verify(shop, victim);
      if (!failure.isEmpty()) {
        return failure;
      }
      try (ShopWorkload workload =
          ShopWorkload.start(shop, WorkloadOptions.shop(workloadSeed, rate, Duration.ofHours(1)))) {
        TimeUnit.MILLISECONDS.sleep(200 + random.nextInt(1_500));
        victim.kill();
        workload.stop();
        workload.await();
      }
      return "";
    }
  }

  private static void verifyAfterTheLast(ShopDatabase shop, Path state, Tally tally)
      throws Exception {
    try (Victim victim = Victim.start(shop.url(), state)) {
      String failure = verify(shop, victim);
      if (failure.isEmpty()) {
        tally.passed();
      } else {
        tally.failed(failure);
      }
    }
  }

  private static String verify(ShopDatabase shop, Victim victim) throws Exception {
    if (!victim.awaitReady(READY_SECONDS)) {
      return "the process did not start again: " + victim.output();
    }
    return victim.verify(position(shop), VERIFY_SECONDS);
  }

  private static long position(ShopDatabase shop) throws SQLException {
    try (Connection connection = shop.open()) {
      return Verification.position(connection);
    }
  }
}
