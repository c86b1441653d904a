package dev.freshet.runtime.source;

import dev.freshet.capture.Source;
import dev.freshet.contracts.Contract;
import dev.freshet.debezium.ServerKind;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.Settings;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.runtime.source.SourceKind.Keys;
import dev.freshet.runtime.source.SourceKind.Surroundings;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Makes sources from their settings. */
public final class Sources {
  private static final List<SourceKind> KINDS =
      List.of(
          new PostgresKind(),
          new HttpKind(),
          new FilesKind(),
          new GeneratorKind(),
          new KafkaKind(),
          new PollKind(),
          new TriggerKind(),
          new MySqlKind(),
          new BroughtKind(ServerKind.SQLSERVER),
          new BroughtKind(ServerKind.ORACLE),
          new BroughtKind(ServerKind.MONGODB));

  private Sources() {}

  /**
   * @param project of which the source is; in its state folder nothing is created before the start
   * @param contracts by table, with what the source's file says of the table
   * @throws dev.freshet.core.error.FreshetException CONFIG_INVALID with the place in the file
   */
  public static Source create(
      SourceSettings settings, Project project, Map<String, Contract> contracts) {
    Settings all = project.settings();
    return kind(settings)
        .create(
            settings,
            new Surroundings(project.directory(), all.state(), all.keptFreeBytes(), contracts));
  }

  /**
   * Whether sources can run beside each other.
   *
   * @throws dev.freshet.core.error.FreshetException CONFIG_INVALID with the place in the file of
   *     one that cannot
   */
  public static void checkAmong(Collection<SourceSettings> sources) {
    MySqlKind.checkNumbers(sources);
  }

  /** Whether tables of this source may have no key. */
  public static boolean mayLackKey(SourceSettings settings) {
    return kind(settings).keys() == Keys.OPTIONAL;
  }

  private static SourceKind kind(SourceSettings settings) {
    return KINDS.stream()
        .filter(kind -> kind.name().equals(settings.kind()))
        .findFirst()
        .orElseThrow(() ->
            settings
                .details()
                .require("kind")
                .invalid(
                    "Invalid kind of source: "
                        + settings.kind()
                        + ". Kinds are: "
                        + KINDS.stream().map(SourceKind::name).collect(Collectors.joining(", "))
                        + "."));
  }
}
