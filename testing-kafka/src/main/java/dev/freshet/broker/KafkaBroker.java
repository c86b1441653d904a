package dev.freshet.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/**
 * A broker and controller of one node (KRaft) in this process, on ports of the loopback that stay
 * the same when it is stopped and started again. One thread uses it.
 */
public final class KafkaBroker implements AutoCloseable {
  private final Properties settings;
  private final int port;
  private @Nullable KafkaRaftServer server;

  private KafkaBroker(Properties settings, int port) {
    this.settings = settings;
    this.port = port;
  }

  /** A running broker whose files lie in the folder. */
  public static KafkaBroker start(Path folder) {
    return start(folder, Map.of());
  }

  /**
   * As above.
   *
   * @param more settings of the broker; {@code {port}} and {@code {controller}} stand for its ports
   */
  public static KafkaBroker start(Path folder, Map<String, String> more) {
    int port = freePort();
    KafkaBroker broker = new KafkaBroker(settings(folder, port, freePort(), more), port);
    broker.format(folder.resolve("server.properties"));
    broker.start();
    return broker;
  }

  private static Properties settings(
      Path folder, int port, int controllerPort, Map<String, String> more) {
    Properties settings = new Properties();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    settings.put(
        "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
    settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("inter.broker.listener.name", "PLAINTEXT");
    settings.put("log.dirs", folder.resolve("broker").toString());
    settings.put("auto.create.topics.enable", "false");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "1");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("log.cleaner.enable", "false");
    settings.put("num.network.threads", "1");
    settings.put("num.io.threads", "2");
    settings.put("background.threads", "1");
    more.forEach((name, value) ->
        settings.put(
            name,
            value
                .replace("{port}", Integer.toString(port))
                .replace("{controller}", Integer.toString(controllerPort))));
    return settings;
  }

  private void format(Path file) {
    try (var out = Files.newBufferedWriter(file)) {
      settings.store(out, "one node");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String[] arguments = {
      "format", "--cluster-id", Uuid.randomUuid().toString(), "--config", file.toString()
    };
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    int formatted = StorageTool.execute(arguments, nowhere);
    if (formatted != 0) {
      throw new IllegalStateException("the broker's folder cannot be formatted: " + formatted);
    }
  }

  /** Starts it again where it was. */
  public void start() {
    KafkaRaftServer started = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
    started.startup();
    server = started;
  }

  /** Stops it; its files stay. */
  public void stop() {
    KafkaRaftServer running = server;
    server = null;
    if (running != null) {
      running.shutdown();
      running.awaitShutdown();
    }
  }

  /** Such as {@code 127.0.0.1:9092}. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
    stop();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
