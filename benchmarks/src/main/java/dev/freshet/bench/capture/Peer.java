package dev.freshet.bench.capture;

import dev.freshet.bench.harness.ChildJvm;

/** Debezium's embedded engine, and bare readers of the same server: {@code peers/debezium}. */
public final class Peer {
  /** Main class of the engine. */
  public static final String DEBEZIUM = "dev.freshet.peer.debezium.DebeziumMain";

  static final String BARE = "dev.freshet.peer.debezium.BareMain";

  private Peer() {}

  /** With as much memory as Freshet, and the same collector. */
  public static ChildJvm jvm() {
    return ChildJvm.ofPeer(
        "debezium",
        "-Xmx2g",
        "-XX:+UseG1GC",
        "-XX:+UseTransparentHugePages",
        "--sun-misc-unsafe-memory-access=allow");
  }
}
