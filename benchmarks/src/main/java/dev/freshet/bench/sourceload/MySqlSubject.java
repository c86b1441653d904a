package dev.freshet.bench.sourceload;

import dev.freshet.capture.Source;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.debezium.DebeziumSource;
import dev.freshet.debezium.MySqlSettings;
import dev.freshet.debezium.MySqlSettings.TableChoice;
import dev.freshet.debezium.MySqlSettings.Tls;
import dev.freshet.mariadb.MariaDbServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Tables of a MariaDB, by its binary log. */
final class MySqlSubject extends TablesSubject {
  private static final List<Path> NO_DRIVERS = List.of(Path.of("/nonexistent/drivers"));

  private final int port;
  private final Path state;

  /**
   * @param state a folder, where shapes of tables are remembered
   */
  MySqlSubject(int port, Tables tables, Path state) {
    super(tables);
    this.port = port;
    this.state = state;
  }

  @Override
  public Source source() {
    MySqlSettings settings =
        new MySqlSettings(
            tables.database(),
            "mariadb://" + MariaDbServer.ADMIN + "@127.0.0.1:" + port + "/" + tables.database(),
            MariaDbServer.PASSWORD,
            Tables.NAMES.stream().map(table -> new TableChoice(table, "")).toList(),
            Tls.OFF,
            Optional.empty(),
            Map.of());
    return DebeziumSource.ofMySql(settings, NO_DRIVERS, () -> new LocalStorage(state));
  }

  @Override
  public void write(SplittableRandom random) throws SQLException {
    tables.write(random, true);
  }

  @Override
  public Sees sees() {
    return Sees.EVERY_CHANGE;
  }
}
