package dev.freshet.demo.shop;

/** Where the times in the shop's rows come from. */
public enum EventTime {
  /**
   * The database server's clock at the statement: {@code orders.updated_at} then tells when a
   * change was made, and windows over {@code orders.ordered_at} fill as one watches.
   */
  SERVER_CLOCK,
  /** From the seed: two runs leave equal tables. */
  SEEDED
}
