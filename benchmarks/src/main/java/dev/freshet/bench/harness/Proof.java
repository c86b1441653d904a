package dev.freshet.bench.harness;

import java.util.List;

/**
 * A random, long or destructive test that {@code ./prove NAME} runs. Each is registered in the
 * registry.
 */
public interface Proof {
  /** Lower-case letters, digits and hyphens. */
  String name();

  /** One line for the list that {@code ./prove} prints. */
  String summary();

  /**
   * Runs cases and hands each outcome to {@code tally}. All randomness comes from {@link
   * Tally#seed}, so that a run can be repeated.
   *
   * @param options what the user gave after the name, without {@code --seed}; {@link Options} reads
   *     them
   * @throws Exception counts as one failure
   */
  void run(List<String> options, Tally tally) throws Exception;
}
