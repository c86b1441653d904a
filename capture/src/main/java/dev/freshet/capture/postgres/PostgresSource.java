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

  public PostgresSource(PostgresConfig config) {
    this.config = config;
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public SourceCheck check(Resume resume) {
    return Preflight.run(config, resume);
  }

  @Override
  public Capture start(Scheduler scheduler, Clock clock, Resume resume, ChangeSink sink) {
    ServerAddress address = ServerAddress.parse(config.url());
    PostgresCapture capture = new PostgresCapture(config, address, scheduler, clock, resume, sink);
    capture.start();
    return capture;
  }
}
