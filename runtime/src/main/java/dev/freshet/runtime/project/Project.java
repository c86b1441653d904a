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
 * @param sinks by name
 * @param reading how the folder was read
 */
public record Project(
    Path directory,
    Settings settings,
    Map<String, SourceSettings> sources,
    Map<String, Contract> contracts,
    List<ModelDefinition> models,
    Map<String, SinkSettings> sinks,
    Reading reading) {
  /**
   * How a folder was read.
   *
   * @param variables what {@code ${NAME}} stands for
   * @param environment which of the project's environments is used; empty for none
   * @param settings as the folder says them
   */
  public record Reading(Map<String, String> variables, String environment, Settings settings) {
    public Reading {
      variables = Map.copyOf(variables);
    }
  }

  public Project {
    sources = Map.copyOf(sources);
    contracts = Map.copyOf(contracts);
    models = List.copyOf(models);
    sinks = Map.copyOf(sinks);
  }

  /** The same project with other settings. */
  public Project with(Settings other) {
    return new Project(directory, other, sources, contracts, models, sinks, reading);
  }

  /** What the folder says now. */
  public Project readAgain() {
    return ProjectReader.read(directory, reading.variables(), reading.environment());
  }
}
