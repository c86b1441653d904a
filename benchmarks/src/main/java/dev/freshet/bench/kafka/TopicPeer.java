package dev.freshet.bench.kafka;

import dev.freshet.bench.harness.ChildJvm;
import dev.freshet.bench.harness.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A broker with a filled topic, and a registry, in a process of its own. One thread owns it. */
final class TopicPeer implements AutoCloseable {
  private static final String MAIN = "dev.freshet.peer.kafka.TopicMain";
  private static final String READY = "ready ";
  private static final long STOP_SECONDS = 30;

  private final Process process;
  private final Thread hook;
  private final String[] told;

  private TopicPeer(Process process, Thread hook, String[] told) {
    this.process = process;
    this.hook = hook;
    this.told = told;
  }

  static TopicPeer start(ChildJvm jvm, Path folder, long messages, int partitions)
      throws IOException {
    Process process =
        new ProcessBuilder(
                jvm.command(
                    MAIN, folder.toString(), String.valueOf(messages), String.valueOf(partitions)))
            .redirectErrorStream(true)
            .start();
    Thread hook = Signals.atExit(() -> Signals.kill(process));
    BufferedReader output = process.inputReader();
    StringBuilder printed = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(READY)) {
        Thread.ofPlatform().daemon().start(() -> output.lines().forEach(_ -> {}));
        return new TopicPeer(process, hook, line.substring(READY.length()).split(" "));
      }
      printed.append(line).append('\n');
    }
    process.destroyForcibly();
    Runtime.getRuntime().removeShutdownHook(hook);
    throw new IOException("the broker did not start:\n" + printed);
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
    Runtime.getRuntime().removeShutdownHook(hook);
    try {
      process.outputWriter().close();
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
