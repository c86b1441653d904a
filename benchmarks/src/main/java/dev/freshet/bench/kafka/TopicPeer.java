package dev.freshet.bench.kafka;

import dev.freshet.bench.harness.ChildJvm;
import dev.freshet.bench.harness.ReadyProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A broker with a filled topic, and a registry, in a process of its own. One thread owns it. */
final class TopicPeer implements AutoCloseable {
  private static final String MAIN = "dev.freshet.peer.kafka.TopicMain";
  private static final String READY = "ready ";
  private static final Duration FILLED = Duration.ofMinutes(30);

  private final ReadyProcess process;
  private final String[] told;

  private TopicPeer(ReadyProcess process) {
    this.process = process;
    this.told = process.told().split(" ");
  }

  static TopicPeer start(ChildJvm jvm, Path folder, long messages, int partitions)
      throws IOException {
    List<String> command =
        jvm.command(MAIN, folder.toString(), String.valueOf(messages), String.valueOf(partitions));
    return new TopicPeer(ReadyProcess.start(command, READY, FILLED, _ -> {}));
  }

  String brokers() {
    return told[0];
  }

  String registry() {
    return told[1];
  }

  /** Bytes of a message, on average. */
  long messageBytes() {
    return Long.parseLong(told[2]);
  }

  @Override
  public void close() {
    process.close();
  }
}
