package dev.freshet.cli;

import dev.freshet.runtime.system.ProjectCheck;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Checks a project's files, its SQL and its sources, and starts nothing.")
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ProjectOptions project;

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "the project's folder (default: the current one)")
  private Path directory = Path.of("");

  CheckCommand() {
    project = new ProjectOptions();
  }

  @Override
  public Integer call() {
    for (String line : ProjectCheck.run(project.read(directory))) {
      spec.commandLine().getOut().println(line);
    }
    return 0;
  }
}
