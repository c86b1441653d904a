package dev.freshet.bench.sourceload;

import dev.freshet.capture.Source;
import dev.freshet.capture.poll.PollSettings;
import dev.freshet.capture.poll.PollSource;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** Tables that are asked again and again for rows that have changed. */
final class PolledSubject extends TablesSubject {
  private final EmbeddedPostgres server;

  PolledSubject(EmbeddedPostgres server, Tables tables) {
    super(tables);
    this.server = server;
  }

  @Override
  public Source source() {
    List<PollSettings.Table> polled =
        Tables.NAMES.stream()
            .map(table ->
                new PollSettings.Table(
                    "public." + table,
                    table,
                    "changed",
                    List.of(),
                    PollSettings.OVERLAP,
                    PollSettings.OVERLAP_NUMBERS))
            .toList();
    return new PollSource(
        new PollSettings(tables.database(), "a proof", polled, Duration.ofMillis(20)),
        () -> server.connect(tables.database()));
  }

  @Override
  public void write(SplittableRandom random) throws SQLException {
    tables.write(random, false);
  }

  @Override
  public Sees sees() {
    return Sees.ROWS_THAT_ARE;
  }
}
