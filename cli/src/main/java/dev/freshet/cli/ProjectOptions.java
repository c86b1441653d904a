package dev.freshet.cli;

import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of the commands that work on a project folder. */
final class ProjectOptions {
  @Option(
      names = {"-p", "--project"},
      paramLabel = "DIR",
      description = "the project's folder (default: the current one)")
  private Path directory = Path.of("");

  @Option(
      names = {"-e", "--env"},
      paramLabel = "NAME",
      description = "which of the project's environments to use")
  private String environment = "";

  ProjectOptions() {}

  Project read() {
    return read(directory);
  }

  /**
   * @param folder goes before the option; empty when it was not given
   */
  Project read(Path folder) {
    return ProjectReader.read(chosen(folder), System.getenv(), environment);
  }

  /**
   * The project's folder as it was given, or empty.
   *
   * @param folder goes before the option; empty when it was not given
   */
  Path chosen(Path folder) {
    return folder.toString().isEmpty() ? directory : folder;
  }
}
