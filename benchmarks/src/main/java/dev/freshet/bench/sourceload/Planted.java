package dev.freshet.bench.sourceload;

/**
 * A defect on purpose, between the source and its log: a proof that does not find it is worthless.
 */
enum Planted {
  NOTHING,
  LOSES_A_CHANGE_SET,
  REPEATS_A_CHANGE_SET
}
