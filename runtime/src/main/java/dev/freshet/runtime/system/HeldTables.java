package dev.freshet.runtime.system;

import dev.freshet.capture.Pausable;
import dev.freshet.capture.Source;
import dev.freshet.capture.SourceTable;
import dev.freshet.contracts.Contract;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Storage;
import dev.freshet.runtime.dataflow.Dataflow;
import dev.freshet.runtime.project.SourceSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The tables of a source that are left alone, as the state has them: what the source has by now
 * comes when they are resumed.
 */
final class HeldTables {
  private HeldTables() {}

  /** By name; none of those that the source's file does not name any more. */
  static Map<String, Contract> of(Source source, SourceSettings settings, Storage storage) {
    Set<String> paused = source instanceof Pausable it ? it.paused().now() : Set.of();
    if (paused.isEmpty()) {
      return Map.of();
    }
    Set<String> named =
        settings.tables().stream()
            .map(SourceSettings.TableSelection::table)
            .collect(Collectors.toSet());
    Map<String, Contract> held = new TreeMap<>(Dataflow.heldTables(storage));
    held.keySet().retainAll(paused);
    held.keySet().retainAll(named);
    return held;
  }

  /** All that the state has, as a source that can go on without some of its tables shows them. */
  static List<SourceTable> shapes(Source source, Storage storage) {
    if (!(source instanceof Pausable)) {
      return List.of();
    }
    return Dataflow.heldTables(storage).values().stream()
        .map(table -> new SourceTable(table.table(), "", 1, table.schema(), table.keyColumns()))
        .toList();
  }

  /** As above, of a project that may not run. */
  static Map<String, Contract> of(Source source, SourceSettings settings, Path state) {
    return Files.isDirectory(state) ? of(source, settings, new LocalStorage(state)) : Map.of();
  }
}
