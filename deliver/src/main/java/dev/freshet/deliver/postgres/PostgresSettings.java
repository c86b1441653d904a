package dev.freshet.deliver.postgres;

import java.time.Duration;

/**
 * Where a sink writes to.
 *
 * @param url {@code postgres://user@host:port/database}
 * @param password empty when the URL has it, or there is none
 * @param table {@code name} or {@code schema.name}
 * @param timeout for which the server may be silent before the connection counts as lost
 */
public record PostgresSettings(String url, String password, String table, Duration timeout) {
  public static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Without the password. */
  @Override
  public String toString() {
    return "table " + table;
  }
}
