package dev.freshet.capture.postgres;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.capture.SourceCheck;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;

/** Captures a PostgreSQL database, version 14 or later, by logical replication. */
public final class PostgresSource implements Source {
  private final PostgresConfig config;

  private final SlotMemory memory;

  /**
   * @param memory tells later, after a crash too, that a slot is this source's own
   */
  public PostgresSource(PostgresConfig config, SlotMemory memory) {
    this.config = config;
    this.memory = memory;
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
        new PostgresCapture(config, address, scheduler, clock, memory, resume, sink);
    capture.start();
    return capture;
  }
}
