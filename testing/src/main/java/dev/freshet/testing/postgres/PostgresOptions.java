package dev.freshet.testing.postgres;

import java.util.Map;
import java.util.TreeMap;

/**
 * How an {@link EmbeddedPostgres} runs. Immutable.
 *
 * @param port the TCP port on 127.0.0.1, or 0 for any free one
 * @param durability whether a commit waits for the disk
 * @param settings server settings that override the defaults, by their PostgreSQL names, for
 *     example {@code wal_level -> minimal}
 */
public record PostgresOptions(int port, Durability durability, Map<String, String> settings) {

  /** Whether the server forces its write-ahead log to disk at commit. */
  public enum Durability {
    /** As in production: a commit is on disk when it is acknowledged. */
    FSYNC,
    /** Faster; survives a crash of the server process but not of the machine. */
    NO_FSYNC
  }

  public PostgresOptions {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("Invalid port: " + port + " is not within 0..65535");
    }
    settings = Map.copyOf(settings);
  }

  /** Any free port, commits forced to disk, default settings. */
  public static PostgresOptions durable() {
    return new PostgresOptions(0, Durability.FSYNC, Map.of());
  }

  /** Any free port, commits not forced to disk, default settings: for tests. */
  public static PostgresOptions fast() {
    return new PostgresOptions(0, Durability.NO_FSYNC, Map.of());
  }

  /** The same on a given port. */
  public PostgresOptions withPort(int newPort) {
    return new PostgresOptions(newPort, durability, settings);
  }

  /** The same with one more server setting, or another value for it. */
  public PostgresOptions with(String setting, String value) {
    Map<String, String> all = new TreeMap<>(settings);
    all.put(setting, value);
    return new PostgresOptions(port, durability, all);
  }

  /** All server settings, defaults and overrides, in a stable order. */
  Map<String, String> serverSettings(int actualPort) {
    Map<String, String> all = new TreeMap<>();
    all.put("listen_addresses", "127.0.0.1");
    all.put("port", Integer.toString(actualPort));
    all.put("unix_socket_directories", "");
    all.put("wal_level", "logical");
    all.put("max_replication_slots", "16");
    all.put("max_wal_senders", "16");
    all.put("max_connections", "64");
    all.put("shared_buffers", "128MB");
    all.put("max_wal_size", "2GB");
    all.put("huge_pages", "off");
    all.put("jit", "off");
    // One process a query: sums of doubles then add up in one order, so answers are repeatable.
    all.put("max_parallel_workers_per_gather", "0");
    all.put("timezone", "UTC");
    all.put("log_timezone", "UTC");
    // synchronous_commit stays on in both cases: logical decoding sends only what was flushed,
    // and without it that happens up to 600 ms later.
    String fsync =
        switch (durability) {
          case FSYNC -> "on";
          case NO_FSYNC -> "off";
        };
    all.put("fsync", fsync);
    all.put("full_page_writes", fsync);
    all.putAll(settings);
    return all;
  }
}
