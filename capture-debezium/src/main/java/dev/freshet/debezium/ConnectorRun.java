package dev.freshet.debezium;

import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.connector.ConnectorContext;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;

/**
 * One task of a connector, run as Kafka Connect would, but from our offset. The capture's task owns
 * it.
 */
final class ConnectorRun implements AutoCloseable {
  private final ConnectorLoader loader;
  private final SourceTask task;
  private final String prefix;

  private ConnectorRun(ConnectorLoader loader, SourceTask task, String prefix) {
    this.loader = loader;
    this.task = task;
    this.prefix = prefix;
  }

  /**
   * How far it has read a binary log: all that lies before has been polled, or is there to be
   * polled. Null when it does not tell.
   */
  @Nullable Place readTo() {
    MBeanServer metrics = ManagementFactory.getPlatformMBeanServer();
    try {
      Set<ObjectName> names =
          metrics.queryNames(
              new ObjectName("debezium.*:context=streaming,server=" + prefix + ",*"), null);
      if (names.size() != 1) {
        return null;
      }
      ObjectName name = names.iterator().next();
      Object file = metrics.getAttribute(name, "BinlogFilename");
      Object position = metrics.getAttribute(name, "BinlogPosition");
      return file == null || position == null
          ? null
          : Place.of(Map.of("file", file, "pos", position));
    } catch (JMException e) {
      return null; // it is about to start or to end
    }
  }

  /**
   * Connects; may block for as long as a connection takes.
   *
   * @param offset where to go on; empty for a snapshot
   */
  static ConnectorRun start(
      ConnectorLoader loader,
      String connectorClass,
      Map<String, String> configuration,
      Map<String, Object> offset)
      throws ReflectiveOperationException {
    return loader.within(() -> {
      SourceConnector connector =
          (SourceConnector) loader.loadClass(connectorClass).getDeclaredConstructor().newInstance();
      connector.initialize(new NoContext());
      connector.start(configuration);
      List<Map<String, String>> configurations = connector.taskConfigs(1);
      SourceTask task = (SourceTask) connector.taskClass().getDeclaredConstructor().newInstance();
      Map<String, String> own = configurations.getFirst();
      task.initialize(new Context(own, offset));
      try {
        task.start(own);
      } catch (RuntimeException e) {
        stop(task);
        throw e;
      }
      return new ConnectorRun(loader, task, configuration.getOrDefault("topic.prefix", ""));
    });
  }

  private static void stop(SourceTask task) {
    Object coordinator = LockHeartbeat.coordinator(task);
    try {
      task.stop();
    } catch (RuntimeException e) {
      // It was not started: what there is to tell, the start has told.
    } finally {
      LockHeartbeat.end(coordinator);
    }
  }

  /** The next records; waits a moment for them. */
  List<SourceRecord> poll() throws InterruptedException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      List<SourceRecord> records = task.poll();
      return records == null ? List.of() : records;
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Ends its threads and connections. */
  @Override
  public void close() {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      stop(task);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private record NoContext() implements ConnectorContext {
    @Override
    public void requestTaskReconfiguration() {}

    @Override
    public void raiseError(Exception e) {
      throw new IllegalStateException(e);
    }

    @Override
    public @Nullable PluginMetrics pluginMetrics() {
      return null;
    }
  }

  private record Context(Map<String, String> configs, Map<String, Object> offset)
      implements SourceTaskContext, OffsetStorageReader {
    @Override
    public OffsetStorageReader offsetStorageReader() {
      return this;
    }

    @Override
    @SuppressWarnings("NullAway") // Kafka Connect's own null: there is none
    public <T> Map<String, Object> offset(Map<String, T> partition) {
      return offset.isEmpty() ? null : offset;
    }

    @Override
    public <T> Map<Map<String, T>, Map<String, Object>> offsets(
        Collection<Map<String, T>> partitions) {
      Map<Map<String, T>, Map<String, Object>> offsets = new HashMap<>();
      for (Map<String, T> partition : partitions) {
        if (!offset.isEmpty()) {
          offsets.put(partition, offset);
        }
      }
      return offsets;
    }

    @Override
    public @Nullable PluginMetrics pluginMetrics() {
      return null;
    }
  }
}
