package dev.freshet.bench.sourceload;

import dev.freshet.capture.Source;
import dev.freshet.capture.postgres.PostgresConfig;
import dev.freshet.capture.postgres.PostgresConfig.Limits;
import dev.freshet.capture.postgres.PostgresConfig.TableChoice;
import dev.freshet.capture.postgres.PostgresSource;
import dev.freshet.capture.postgres.SlotMemory;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import java.sql.SQLException;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/** Tables by logical replication; what the slot is told stays with the process's memory. */
final class PostgresSubject extends TablesSubject {
  private static final long DROP_NANOS = 30_000_000_000L;

  private final EmbeddedPostgres server;
  private final Limits limits;
  private final SlotMemory memory = SlotMemory.ofProcess();

  /**
   * @param partRows rows after which a transaction is cut into parts
   */
  PostgresSubject(EmbeddedPostgres server, Tables tables, int partRows) {
    super(tables);
    this.server = server;
    this.limits = new Limits(partRows, 4 << 20, 300);
  }

  @Override
  public Source source() {
    PostgresConfig config =
        PostgresConfig.of(
            tables.database(),
            server.uriWithPassword(tables.database()),
            Tables.NAMES.stream().map(TableChoice::of).toList());
    return new PostgresSource(config.withLimits(limits), memory);
  }

  @Override
  public void write(SplittableRandom random) throws SQLException {
    tables.write(random, true);
  }

  @Override
  public Sees sees() {
    return Sees.EVERY_CHANGE;
  }

  /** Drops its slot; the server may take a moment to notice that the reader is gone. */
  @Override
  public void close() throws SQLException {
    try (tables) {
      long end = System.nanoTime() + DROP_NANOS;
      String ours = " FROM pg_replication_slots WHERE database = current_database()";
      while (tables.count("SELECT count(*)" + ours) > 0 && System.nanoTime() < end) {
        tables.sql("SELECT pg_drop_replication_slot(slot_name)" + ours + " AND NOT active");
        LockSupport.parkNanos(5_000_000);
      }
    }
  }
}
