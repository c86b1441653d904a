package dev.freshet.bench.harness;

import java.util.List;

/** A measurement with a name that {@code ./bench NAME} runs. Each is registered in the registry. */
public interface Benchmark {
  /** Lower-case letters, digits and hyphens. */
  String name();

  /** One line for the list that {@code ./bench} prints. */
  String summary();

  /**
   * Measures, prints progress as it likes and hands every figure to {@code report}.
   *
   * @param options what the user gave after the name; {@link Options} reads them
   * @throws Exception when no figure could be taken
   */
  void run(List<String> options, Report report) throws Exception;
}
