package dev.freshet.cli;

import dev.freshet.runtime.system.ServerFile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description =
        "Shows the lag, rate and freshness of each source and model of the running project.")
final class StatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ProjectOptions project;

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "the project's folder (default: the current one)")
  private Path directory = Path.of("");

  @Option(names = "--json", description = "print everything that is known, as JSON")
  private boolean json;

  StatusCommand() {
    project = new ProjectOptions();
  }

  @Override
  public Integer call() {
    RunningProject running =
        new RunningProject(ServerFile.address(project.read(directory).settings().state()));
    spec.commandLine().getOut().print(running.get("/v1/status" + (json ? "" : "?format=text")));
    spec.commandLine().getOut().flush();
    return 0;
  }
}
