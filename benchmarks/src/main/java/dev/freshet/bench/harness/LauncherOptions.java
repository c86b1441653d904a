package dev.freshet.bench.harness;

import java.lang.management.ManagementFactory;
import java.util.List;

/** The options of the JVM that {@code ./freshet} and {@code ./bench} are started with. */
public final class LauncherOptions {
  private LauncherOptions() {}

  /**
   * Those of this JVM's options on collector, compilers and memory that another process of ours is
   * to have too, to do what {@code ./freshet} does. None of the launcher's where this JVM was not
   * started by it.
   */
  public static List<String> ofThisJvm() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("-XX:") && !option.startsWith("-XX:AOT"))
        .toList();
  }
}
