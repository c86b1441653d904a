package dev.freshet.bench.sourceload;

import dev.freshet.capture.Installable.Change;
import dev.freshet.capture.trigger.TriggerSettings;
import dev.freshet.capture.trigger.TriggerSource;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** Tables whose changes triggers write down. */
final class TriggeredSubject extends TablesSubject {
  private final EmbeddedPostgres server;
  private boolean hasWidened;

  TriggeredSubject(EmbeddedPostgres server, Tables tables) {
    super(tables);
    this.server = server;
    install();
  }

  private void install() {
    TriggerSource source = source();
    source.run(source.statements(Change.INSTALL));
  }

  @Override
  public TriggerSource source() {
    List<TriggerSettings.Table> tables =
        Tables.NAMES.stream()
            .map(table -> new TriggerSettings.Table("public." + table, table, List.of()))
            .toList();
    return new TriggerSource(
        new TriggerSettings(
            this.tables.database(), "a proof", tables, "changes", Duration.ofMillis(20)),
        () -> server.connect(this.tables.database()));
  }

  @Override
  public void write(SplittableRandom random) throws SQLException {
    tables.write(random, true);
  }

  @Override
  public void widen() throws SQLException {
    super.widen();
    hasWidened = true;
  }

  /** A table that has got a column is read anew, in place of what was written down before. */
  @Override
  public Sees sees() {
    return hasWidened ? Sees.ROWS_THAT_ARE : Sees.EVERY_CHANGE;
  }
}
