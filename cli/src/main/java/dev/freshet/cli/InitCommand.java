package dev.freshet.cli;

import dev.freshet.runtime.scaffold.Scaffold;
import dev.freshet.runtime.system.DatabaseScaffold;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = "Makes a new project folder, empty or for the tables that a database holds.")
final class InitCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "the folder to make")
  private Path directory = Path.of("");

  @Option(
      names = "--from",
      paramLabel = "URL",
      description =
          "look at this database and write its source, contracts and starter models: postgres://user@host/db. A password in"
              + " the URL is used and not written down.")
  private String from = "";

  InitCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<String> files =
        from.isEmpty() ? Scaffold.empty(directory) : DatabaseScaffold.write(directory, from);
    out.println("Made project " + directory + ":");
    files.forEach(file -> out.println("  " + file));
    out.println();
    out.println(
        from.isEmpty()
            ? "Next: describe a source in "
                + directory.resolve("sources")
                + ", then: freshet up "
                + directory
            : "Next: freshet up " + directory);
    return 0;
  }
}
