package dev.freshet.peer.debezium;

import io.debezium.connector.postgresql.PostgresConnector;
import io.debezium.embedded.Connect;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.MemoryOffsetBackingStore;

/**
 * Debezium's embedded engine. Its consumer gets the records as the connector makes them, without a
 * conversion, and confirms each batch by its last record.
 */
final class Engine implements AutoCloseable {
  private static final long STOP_SECONDS = 30;

  private final DebeziumEngine<ChangeEvent<SourceRecord, SourceRecord>> engine;
  private final Thread thread;
  private final AtomicReference<String> failure;

  private Engine(
      DebeziumEngine<ChangeEvent<SourceRecord, SourceRecord>> engine,
      Thread thread,
      AtomicReference<String> failure) {
    this.engine = engine;
    this.thread = thread;
    this.failure = failure;
  }

  /**
   * Starts it; returns when the connector's task runs.
   *
   * @param settings besides those that all runs have
   */
  static Engine start(
      Server server,
      String table,
      String slot,
      String publication,
      Map<String, String> settings,
      Consumer<List<ChangeEvent<SourceRecord, SourceRecord>>> consumer)
      throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    AtomicReference<String> failure = new AtomicReference<>("");
    DebeziumEngine<ChangeEvent<SourceRecord, SourceRecord>> engine =
        DebeziumEngine.create(Connect.class)
            .using(properties(server, table, slot, publication, settings))
            .using(
                new DebeziumEngine.ConnectorCallback() {
                  @Override
                  public void taskStarted() {
                    started.countDown();
                  }
                })
            .using(
                (DebeziumEngine.CompletionCallback)
                    (success, message, error) -> {
                      failure.set(
                          success
                              ? "the engine ended"
                              : message + (error == null ? "" : ", " + cause(error)));
                      started.countDown();
                    })
            .notifying((records, committer) -> {
              consumer.accept(records);
              committer.markProcessed(records.getLast());
              committer.markBatchFinished();
            })
            .build();
    Thread thread = Thread.ofPlatform().name("debezium").start(engine);
    started.await();
    return new Engine(engine, thread, failure);
  }

  private static Throwable cause(Throwable error) {
    Throwable deepest = error;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest;
  }

  private static Properties properties(
      Server server, String table, String slot, String publication, Map<String, String> settings) {
    Properties all = new Properties();
    all.setProperty("name", "bench");
    all.setProperty("connector.class", PostgresConnector.class.getName());
    all.setProperty("offset.storage", MemoryOffsetBackingStore.class.getName());
    all.setProperty("database.hostname", "127.0.0.1");
    all.setProperty("database.port", String.valueOf(server.port()));
    all.setProperty("database.user", server.user());
    all.setProperty("database.password", server.password());
    all.setProperty("database.dbname", "postgres");
    all.setProperty("topic.prefix", "bench");
    all.setProperty("plugin.name", "pgoutput");
    all.setProperty("slot.name", slot);
    all.setProperty("publication.name", publication);
    all.setProperty("publication.autocreate.mode", "disabled");
    all.setProperty("table.include.list", "public." + table);
    all.setProperty("max.batch.size", "20480");
    all.setProperty("max.queue.size", "81920");
    all.putAll(settings);
    return all;
  }

  /** What ended the engine, empty when nothing did. */
  String failure() {
    return failure.get();
  }

  @Override
  public void close() throws IOException {
    engine.close();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
