package dev.freshet.demo.shop;

import dev.freshet.core.error.Check;
import java.time.Duration;

/**
 * How a {@link ShopWorkload} runs.
 *
 * @param style what its transactions look like
 * @param seed the same seed and rate give the same statements
 * @param rowChangesPerSecond of all connections together; 0 for as many as the server takes
 * @param rowChangesPerTransaction roughly, from 1
 * @param connections 1 to 32
 * @param duration after which it stops
 * @param rowChangesMax after which it stops, counted for each connection as its equal share
 * @param eventTime where the rows' times come from
 */
public record WorkloadOptions(
    Style style,
    long seed,
    int rowChangesPerSecond,
    int rowChangesPerTransaction,
    int connections,
    Duration duration,
    long rowChangesMax,
    EventTime eventTime) {

  /** What a workload's transactions look like. */
  public enum Style {
    /** All that happens in a shop, statement by statement. */
    SHOP,
    /**
     * Orders and items only, made by the server from ranges of ids: costs the machine little, for
     * benchmarks. Needs a superuser.
     */
    BULK
  }

  private static final int CHANGES_PER_ORDER = 3;

  /** For each connection: a commit waits for the disk, for up to 10 ms on a busy one. */
  private static final int TRANSACTIONS_PER_SECOND = 25;

  private static final int FULL_SPEED_CHANGES = 300;
  private static final Duration LONG = Duration.ofDays(365);

  public WorkloadOptions {
    Check.that(rowChangesPerSecond >= 0, "a rate is not negative");
    Check.that(rowChangesPerTransaction > 0, "a transaction changes rows");
    Check.that(connections > 0 && connections <= 32, "1 to 32 connections");
    Check.that(rowChangesMax > 0, "a workload has changes to make");
  }

  /**
   * A shop at work at a rate (0: full speed) for a time, on 4 connections, with times of the
   * server's clock. A transaction is about one order, until that would need too many of them.
   */
  public static WorkloadOptions shop(long seed, int rowChangesPerSecond, Duration duration) {
    int connections = 4;
    int perTransaction =
        rowChangesPerSecond == 0
            ? FULL_SPEED_CHANGES
            : Math.max(1, rowChangesPerSecond / connections / TRANSACTIONS_PER_SECOND);
    return new WorkloadOptions(
        Style.SHOP,
        seed,
        rowChangesPerSecond,
        perTransaction,
        connections,
        duration,
        Long.MAX_VALUE,
        EventTime.SERVER_CLOCK);
  }

  /** Bulk changes at a rate (0: full speed) for a time, on one connection, times as above. */
  public static WorkloadOptions bulk(
      long seed, int rowChangesPerSecond, int rowChangesPerTransaction, Duration duration) {
    return new WorkloadOptions(
        Style.BULK,
        seed,
        rowChangesPerSecond,
        rowChangesPerTransaction,
        1,
        duration,
        Long.MAX_VALUE,
        EventTime.SERVER_CLOCK);
  }

  /** A number of changes at full speed on one connection, with times from the seed. */
  public static WorkloadOptions repeatable(Style style, long seed, long rowChangesMax) {
    int perTransaction =
        switch (style) {
          case SHOP -> 30;
          case BULK -> 400;
        };
    return new WorkloadOptions(
        style, seed, 0, perTransaction, 1, LONG, rowChangesMax, EventTime.SEEDED);
  }

  /** The same on another number of connections. */
  public WorkloadOptions withConnections(int count) {
    return new WorkloadOptions(
        style,
        seed,
        rowChangesPerSecond,
        rowChangesPerTransaction,
        count,
        duration,
        rowChangesMax,
        eventTime);
  }

  /** The same with an end after this many changes. */
  public WorkloadOptions withRowChangesMax(long count) {
    return new WorkloadOptions(
        style,
        seed,
        rowChangesPerSecond,
        rowChangesPerTransaction,
        connections,
        duration,
        count,
        eventTime);
  }

  /** How many orders one transaction of style SHOP is about. */
  int ordersPerTransaction() {
    return Math.max(1, rowChangesPerTransaction / CHANGES_PER_ORDER);
  }
}
