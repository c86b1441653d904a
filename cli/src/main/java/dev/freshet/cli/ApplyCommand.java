package dev.freshet.cli;

import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.system.ServerFile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "apply",
    mixinStandardHelpOptions = true,
    description =
        "Lets the running project take its folder as it is now: changed models are computed beside"
            + " the running ones and take their place in one step.")
final class ApplyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ProjectOptions project;

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "the project's folder (default: the current one)")
  private Path directory = Path.of("");

  ApplyCommand() {
    project = new ProjectOptions();
  }

  @Override
  public Integer call() {
    Project read = project.read(directory);
    RunningProject running = new RunningProject(ServerFile.address(read.settings().state()));
    spec.commandLine().getOut().print(running.post("/v1/apply?format=text", ""));
    spec.commandLine().getOut().flush();
    return 0;
  }
}
