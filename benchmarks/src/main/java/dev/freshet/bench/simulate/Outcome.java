package dev.freshet.bench.simulate;

/**
 * What one simulated case did.
 *
 * @param traceHash of all calls, and of all bytes written
 * @param lives starts of the system that succeeded
 * @param faults failed calls that ended a life or a start
 */
record Outcome(
    long traceHash, long events, long simulatedNanos, int transactions, int lives, int faults) {
  /** The same, leaving out the hash of all bytes written. */
  Outcome withoutBytes() {
    return new Outcome(0, events, simulatedNanos, transactions, lives, faults);
  }
}
