package dev.freshet.engine.arrangement;

/**
 * For each position of a probe, what its key's rows add up to; zero where there are none.
 *
 * @param weights sum of weights by position; not to be written to
 * @param sums the sum columns by position
 */
@SuppressWarnings("ArrayRecordComponent") // columnar data is arrays, read-only by contract
public record KeySums(long[] weights, SumColumns sums) {}
