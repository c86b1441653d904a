package dev.freshet.capture.postgres;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.capture.SourceCheck;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import org.jspecify.annotations.Nullable;

/** Captures a PostgreSQL database, version 14 or later, by logical replication. */
public final class PostgresSource implements Source {
  private final PostgresConfig config;

  private final SlotMemory memory;

  /** Has room for large transactions that are not committed; {@code null} when it has not. */
  private final @Nullable SpillFolder spill;

  /**
   * A source that is sent large transactions when they are committed; the server keeps them until
   * then.
   *
   * @param memory tells later, after a crash too, that a slot is this source's own
   */
  public PostgresSource(PostgresConfig config, SlotMemory memory) {
    this(config, memory, null);
  }

  /**
   * A source that is sent large transactions as they come.
   *
   * @param memory tells later, after a crash too, that a slot is this source's own
   * @param spill keeps them until they are committed
   */
  public PostgresSource(PostgresConfig config, SlotMemory memory, @Nullable SpillFolder spill) {
    this.config = config;
    this.memory = memory;
    this.spill = spill;
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public SourceCheck check(Resume resume) {
    return Preflight.run(config, memory, resume);
  }

  @Override
  public boolean continuesParts() {
    return true;
  }

  @Override
  public Capture start(Scheduler scheduler, Clock clock, Resume resume, ChangeSink sink) {
    ServerAddress address = ServerAddress.parse(config.url());
    PostgresCapture capture =
        new PostgresCapture(config, address, scheduler, clock, memory, spill, resume, sink);
    capture.start();
    return capture;
  }
}
