package dev.freshet.runtime.project;

import dev.freshet.contracts.Contract;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A project folder, read and checked as far as that needs no source and no SQL.
 *
 * @param directory the folder
 * @param sources by name
 * @param contracts by table name
 * @param models in the order of their paths
 */
public record Project(
    Path directory,
    Settings settings,
    Map<String, SourceSettings> sources,
    Map<String, Contract> contracts,
    List<ModelDefinition> models) {
  public Project {
    sources = Map.copyOf(sources);
    contracts = Map.copyOf(contracts);
    models = List.copyOf(models);
  }

  /** The same project with other settings. */
  public Project with(Settings other) {
    return new Project(directory, other, sources, contracts, models);
  }
}
