package dev.freshet.cli;

import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands that work on the files of a state folder. */
final class StateOptions {
  @Mixin private ProjectOptions project;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "the state folder, or a database's folder, instead of a project's")
  private Path state = Path.of("");

  StateOptions() {
    project = new ProjectOptions();
  }

  Path folder() {
    return state.toString().isEmpty() ? project.read().settings().state() : state;
  }
}
