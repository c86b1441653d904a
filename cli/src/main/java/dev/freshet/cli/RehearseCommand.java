package dev.freshet.cli;

import dev.freshet.demo.rehearsal.Rehearsal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Does once what the other commands do, for the launcher: it runs this after a build, and the JVM
 * records into its start-up cache what was loaded and what was hot. Whatever should start fast
 * belongs in here; it must end by itself, listen on loopback only and leave nothing behind.
 *
 * <p>A part that fails is named on the error output and costs speed only, so it is no failure.
 */
@Command(
    name = "rehearse",
    hidden = true,
    description = "Exercises start-up for the launcher's cache")
final class RehearseCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    for (CommandLine command : root.getSubcommands().values()) {
      command.getUsageMessage();
    }
    root.printVersionHelp(root.getOut());
    try {
      Rehearsal.run(DemoCommand.example(), RehearseCommand::askRunning);
    } catch (Exception e) {
      root.getErr().println("Rehearsed only in part: " + e);
    }
    return CommandLine.ExitCode.OK;
  }

  private static void askRunning(Path project) {
    String directory = project.toString();
    for (String format : new String[] {"table", "csv", "json"}) {
      run("query", "-p", directory, "-f", format, "SELECT * FROM revenue_by_country");
    }
    run("query", "-p", directory, "SELECT nothing FROM revenue_by_country");
    run("status", "-p", directory);
    run("status", "-p", directory, "--json");
  }

  private static void run(String... arguments) {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    FreshetCommand.run(arguments, nowhere, nowhere);
  }
}
