package dev.freshet.cli;

import dev.freshet.runtime.system.ServerFile;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "reconcile",
    mixinStandardHelpOptions = true,
    description =
        "Compares what the tables of the running project hold with what its source has, both at one"
            + " position, and names the rows that differ; exit code 1 when some do in the end.")
final class ReconcileCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ProjectOptions project;

  @Parameters(
      arity = "0..1",
      paramLabel = "SOURCE",
      description = "the source's name (default: all that can be read again)")
  private String source = "";

  @Option(
      names = "--table",
      paramLabel = "NAME",
      split = ",",
      description = "only this table; may be given several times")
  private List<String> tables = new ArrayList<>();

  @Option(names = "--repair", description = "correct the rows that differ, and compare once more")
  private boolean repair;

  ReconcileCommand() {
    project = new ProjectOptions();
  }

  @Override
  public Integer call() {
    RunningProject running =
        new RunningProject(ServerFile.address(project.read().settings().state()));
    StringBuilder path = new StringBuilder("/v1/reconcile?format=text&repair=").append(repair);
    path.append("&source=").append(encoded(source));
    tables.forEach(table -> path.append("&table=").append(encoded(table)));
    String answer = running.post(path.toString(), "");
    spec.commandLine().getOut().print(answer);
    spec.commandLine().getOut().flush();
    return answer.stripTrailing().endsWith(": all equal")
        ? CommandLine.ExitCode.OK
        : CommandLine.ExitCode.SOFTWARE;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
