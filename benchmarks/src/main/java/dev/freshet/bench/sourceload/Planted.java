package dev.freshet.bench.sourceload;

/**
 * A defect on purpose, between the source and its log, or in what it is told of that: a proof that
 * does not find it is worthless.
 */
enum Planted {
  NOTHING,
  LOSES_A_CHANGE_SET,
  REPEATS_A_CHANGE_SET,
  /** The last life begins where the log ended when it was half as long. */
  FORGETS_ITS_PLACE
}
