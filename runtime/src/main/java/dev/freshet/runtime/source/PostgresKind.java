package dev.freshet.runtime.source;

import dev.freshet.capture.Source;
import dev.freshet.capture.postgres.PostgresConfig;
import dev.freshet.capture.postgres.PostgresConfig.Rows;
import dev.freshet.capture.postgres.PostgresConfig.TableChoice;
import dev.freshet.capture.postgres.PostgresConfig.WalBudget;
import dev.freshet.capture.postgres.PostgresConfig.WalBudget.WhenOver;
import dev.freshet.capture.postgres.PostgresConfig.WhenLost;
import dev.freshet.capture.postgres.PostgresSource;
import dev.freshet.capture.postgres.SpillFolder;
import dev.freshet.contracts.mask.Masking;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.type.Keep;
import dev.freshet.runtime.project.ReconcileSettings;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.runtime.yaml.YamlMap;
import dev.freshet.runtime.yaml.YamlValue;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/** {@code kind: postgres}: tables of a PostgreSQL, by logical replication. */
final class PostgresKind implements SourceKind {
  @Override
  public String name() {
    return "postgres";
  }

  @Override
  public Keys keys() {
    return Keys.REQUIRED;
  }

  @Override
  public Source create(SourceSettings settings, Surroundings surroundings) {
    YamlMap map =
        settings
            .details()
            .allow(
                "kind",
                "url",
                "password",
                "tables",
                "slot",
                "publication",
                "snapshot-connections",
                "when-lost",
                "wal-budget",
                "over-budget",
                "reconcile");
    ReconcileSettings.of(settings); // a mistake shows now
    YamlValue url = map.require("url");
    List<TableChoice> tables =
        settings.tables().stream()
            .map(table -> new TableChoice(table.sourceName(), table.table(), rows(table.keep())))
            .toList();
    PostgresConfig config =
        PostgresConfig.of(settings.name(), url.text(), tables)
            .withPassword(map.text("password", ""));
    config =
        config
            .withSlot(
                map.text("slot", config.slot()), map.text("publication", config.publication()))
            .withSnapshotConnections(
                map.find("snapshot-connections")
                    .map(count -> (int) count.integer(1, 32))
                    .orElse(config.snapshotConnections()))
            .withWhenLost(map.find("when-lost").map(PostgresKind::whenLost).orElse(WhenLost.STOP))
            .withWalBudget(walBudget(map))
            .withMasks(masks(surroundings));
    Path state = surroundings.state();
    SpillFolder spill =
        new SpillFolder(
            () -> new LocalStorage(state),
            "sources/" + settings.name() + ".spill",
            surroundings.keptFreeBytes(),
            mayHold(surroundings));
    return new PostgresSource(config, new NoteFile(state, settings.name() + ".slot"), spill)
        .remembering(new NoteFile(state, settings.name() + ".columns"))
        .pausing(surroundings.paused(settings.name()))
        .rereading(surroundings.anew(settings.name()));
  }

  /** What is left of the columns, and which are masked how. */
  private static String masks(Surroundings surroundings) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(surroundings.contracts())
        .forEach((table, contract) -> {
          Masking masking = contract.masking();
          if (!masking.isEmpty()) {
            text.append(table).append(masking.received().columns());
            new TreeMap<>(masking.masks())
                .forEach((column, mask) ->
                    text.append(' ').append(column).append(' ').append(mask.text()));
            text.append('\n');
          }
        });
    return text.toString();
  }

  /** What is masked is nowhere on our disk as it came. */
  private static SpillFolder.Holds mayHold(Surroundings surroundings) {
    boolean isMasked =
        surroundings.contracts().values().stream()
            .anyMatch(contract -> !contract.masking().isEmpty());
    return isMasked ? SpillFolder.Holds.NOTHING : SpillFolder.Holds.ROWS;
  }

  private static Rows rows(Keep keep) {
    return switch (keep) {
      case ALL -> Rows.KEPT;
      case NONE -> Rows.PASSED;
    };
  }

  private static WhenLost whenLost(YamlValue value) {
    return switch (value.text()) {
      case "stop" -> WhenLost.STOP;
      case "resnapshot" -> WhenLost.RESNAPSHOT;
      default ->
          throw value.invalid("Invalid when-lost: " + value.text() + ". It is stop or resnapshot.");
    };
  }

  private static WalBudget walBudget(YamlMap map) {
    WhenOver whenOver = map.find("over-budget").map(PostgresKind::whenOver).orElse(WhenOver.WARN);
    return map.find("wal-budget")
        .map(value -> new WalBudget(value.bytes(), whenOver))
        .orElse(WalBudget.NONE);
  }

  private static WhenOver whenOver(YamlValue value) {
    return switch (value.text()) {
      case "warn" -> WhenOver.WARN;
      case "drop-slot" -> WhenOver.DROP_SLOT;
      default ->
          throw value.invalid(
              "Invalid over-budget: " + value.text() + ". It is warn or drop-slot.");
    };
  }
}
