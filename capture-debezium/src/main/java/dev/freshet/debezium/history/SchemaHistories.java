package dev.freshet.debezium.history;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hands stores to Debezium, whose configuration is text: a store is known by its id while its
 * connector runs. Safe for all threads.
 */
public final class SchemaHistories {
  /** Where Debezium keeps what it must know of tables' shapes. Used by one thread at a time. */
  public interface Store {
    /** Makes a line durable before it returns. */
    void append(String line);

    /** All lines, in their order. */
    List<String> lines();
  }

  private static final AtomicLong NEXT = new AtomicLong();
  private static final Map<String, Store> STORES = new ConcurrentHashMap<>();

  private SchemaHistories() {}

  /** Lets Debezium find a store; returns the id for it. */
  public static String register(Store store) {
    String id = "history-" + NEXT.incrementAndGet();
    STORES.put(id, store);
    return id;
  }

  /** Ends what {@link #register} began. */
  public static void forget(String id) {
    STORES.remove(id);
  }

  /** The store of an id. */
  public static Store find(String id) {
    Store store = STORES.get(id);
    if (store == null) {
      throw new IllegalStateException("No history of schemas is registered as " + id);
    }
    return store;
  }
}
