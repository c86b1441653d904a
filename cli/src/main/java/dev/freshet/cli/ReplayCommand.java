package dev.freshet.cli;

import dev.freshet.runtime.system.ServerFile;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description =
        "Computes a model of the running project once more, from what its tables hold or from the"
            + " log's history, beside the running one, and lets it take its place in one step."
            + " Says first what it will do.")
final class ReplayCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ProjectOptions project;

  @Parameters(paramLabel = "MODEL", description = "the model's name")
  private String model = "";

  @Option(
      names = "--from",
      paramLabel = "TIME|OFFSET",
      description =
          "for models whose rows depend on history (emit: final, or over tables that keep no"
              + " rows): a time with its zone such as 2026-01-31T12:00:00Z, or an offset of the log,"
              + " from which on it counts (default: where the model began)")
  private String from = "";

  @Option(names = "--plan", description = "only says what it would do")
  private boolean plan;

  ReplayCommand() {
    project = new ProjectOptions();
  }

  @Override
  public Integer call() {
    RunningProject running =
        new RunningProject(ServerFile.address(project.read().settings().state()));
    String path = "/v1/replay?format=text&model=" + encoded(model) + "&from=" + encoded(from);
    PrintWriter out = spec.commandLine().getOut();
    out.print(running.get(path));
    out.flush();
    if (!plan) {
      out.print(running.post(path, ""));
      out.flush();
    }
    return 0;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
