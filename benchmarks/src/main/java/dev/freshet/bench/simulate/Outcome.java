package dev.freshet.bench.simulate;

import java.util.Map;

/**
 * What one simulated case did.
 *
 * @param traceHash of all calls, and of all bytes written
 * @param lives starts of the system that succeeded
 * @param faults lives that a failed call or a power cut ended
 * @param hardships how often each thing happened
 */
record Outcome(
    long traceHash,
    long events,
    long simulatedNanos,
    int transactions,
    int lives,
    int faults,
    Map<Hardship, Long> hardships) {
  Outcome {
    hardships = Map.copyOf(hardships);
  }
}
