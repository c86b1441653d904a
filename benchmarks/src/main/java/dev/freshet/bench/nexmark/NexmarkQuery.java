package dev.freshet.bench.nexmark;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Nexmark's queries, in our words and in Flink's where those differ. */
final class NexmarkQuery {
  static final int COUNT = 24;

  private NexmarkQuery() {}

  static String sql(int query) {
    return resource("q" + query + ".sql");
  }

  static String flinkSql(int query) {
    String own = resource("flink-q" + query + ".sql");
    return own.isEmpty() ? sql(query) : own;
  }

  /** Empty when there is none. */
  private static String resource(String name) {
    try (InputStream in = NexmarkQuery.class.getResourceAsStream(name)) {
      return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
