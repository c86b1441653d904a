package dev.freshet.cli;

import dev.freshet.runtime.system.ServerFile;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What is done with single tables of a source while the project runs. */
abstract class SourceTablesCommand implements Callable<Integer> {
  private static final String SOURCE = "the source's name";

  @Spec private CommandSpec spec;
  @Mixin private ProjectOptions project;

  SourceTablesCommand() {
    project = new ProjectOptions();
  }

  /** Asks the running project. */
  int run(String source, List<String> tables) {
    StringBuilder path = new StringBuilder("/v1/sources/");
    path.append(encoded(source)).append('/').append(spec.name()).append("?format=text");
    tables.forEach(table -> path.append("&table=").append(encoded(table)));
    RunningProject running =
        new RunningProject(ServerFile.address(project.read().settings().state()));
    spec.commandLine().getOut().print(running.post(path.toString(), ""));
    spec.commandLine().getOut().flush();
    return 0;
  }

  /** As a part of a path too, where a plus is no space. */
  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Command(
      name = "pause",
      mixinStandardHelpOptions = true,
      description =
          "Leaves tables of the running project alone, over restarts too, until they are resumed:"
              + " what they have stays as it is, and the source's other tables go on.")
  static final class Pause extends SourceTablesCommand {
    @Parameters(index = "0", paramLabel = "SOURCE", description = SOURCE)
    private String source = "";

    @Parameters(index = "1..*", paramLabel = "TABLE", description = "its tables (default: all)")
    private List<String> tables = List.of();

    @Override
    public Integer call() {
      return run(source, tables);
    }
  }

  @Command(
      name = "resume",
      mixinStandardHelpOptions = true,
      description = "Brings what has become of paused tables meanwhile, and lets them go on.")
  static final class Resume extends SourceTablesCommand {
    @Parameters(index = "0", paramLabel = "SOURCE", description = SOURCE)
    private String source = "";

    @Parameters(index = "1..*", paramLabel = "TABLE", description = "its tables (default: all)")
    private List<String> tables = List.of();

    @Override
    public Integer call() {
      return run(source, tables);
    }
  }

  @Command(
      name = "resnapshot",
      mixinStandardHelpOptions = true,
      description =
          "Reads tables of the running project anew, in the place of all that they have; readers"
              + " see what differs, in one step.")
  static final class Resnapshot extends SourceTablesCommand {
    @Parameters(index = "0", paramLabel = "SOURCE", description = SOURCE)
    private String source = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "TABLE", description = "its tables")
    private List<String> tables = List.of();

    @Override
    public Integer call() {
      return run(source, tables);
    }
  }
}
