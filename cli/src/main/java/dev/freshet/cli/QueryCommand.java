package dev.freshet.cli;

import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.system.ServerFile;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "query",
    mixinStandardHelpOptions = true,
    description =
        "Asks the running project: a SELECT over its tables and models, answered at one step.")
final class QueryCommand implements Callable<Integer> {
  /** How rows are printed. */
  enum Format {
    TABLE,
    CSV,
    JSON
  }

  @Spec private CommandSpec spec;
  @Mixin private ProjectOptions project;

  @Parameters(paramLabel = "SQL", description = "the SELECT")
  private String sql = "";

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Format format = Format.TABLE;

  @Option(
      names = "--max-rows",
      paramLabel = "N",
      description = "rows to print at most (default: ${DEFAULT-VALUE})")
  private int maxRows = 1000;

  QueryCommand() {
    project = new ProjectOptions();
  }

  @Override
  public Integer call() {
    Project read = project.read();
    RunningProject running = new RunningProject(ServerFile.address(read.settings().state()));
    String path =
        "/v1/sql?format=" + format.name().toLowerCase(Locale.ROOT) + "&maxRows=" + maxRows;
    spec.commandLine().getOut().print(running.post(path, sql));
    spec.commandLine().getOut().flush();
    return 0;
  }
}
