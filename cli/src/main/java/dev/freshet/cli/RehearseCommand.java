package dev.freshet.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Touches the classes that the other commands need, for the launcher: it runs this once after a
 * build and the JVM records what was loaded into its start-up cache. Whatever should start fast
 * belongs in here; it must end by itself, open no port and leave nothing behind.
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
    return CommandLine.ExitCode.OK;
  }
}
