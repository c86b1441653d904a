package dev.freshet.cli;

import dev.freshet.runtime.inspect.LogDump;
import dev.freshet.runtime.inspect.LogVerification;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "log",
    mixinStandardHelpOptions = true,
    description = "Looks into the log: every change of every source, as it was received.",
    subcommands = {LogCommand.Verify.class, LogCommand.Dump.class})
final class LogCommand implements Runnable {
  @Spec private CommandSpec spec;

  LogCommand() {}

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description =
          "Reads and checks the whole log, while the project runs or not. Changes nothing; exit"
              + " code 1 when something is damaged.")
  static final class Verify implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private StateOptions where;

    Verify() {
      where = new StateOptions();
    }

    @Override
    public Integer call() {
      LogVerification found = LogVerification.of(where.folder());
      PrintWriter out = spec.commandLine().getOut();
      found.lines().forEach(out::println);
      out.flush();
      return found.damagedSegments() == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }
  }

  @Command(
      name = "dump",
      mixinStandardHelpOptions = true,
      description = "Prints records of the log, a JSON object a line.")
  static final class Dump implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private StateOptions where;

    @Option(
        names = "--from",
        paramLabel = "OFFSET|TIME",
        description =
            "an offset, or a time with its zone such as 2026-01-31T12:00:00Z (default: the start)")
    private String from = "";

    @Option(names = "--source", paramLabel = "NAME", description = "only what this source sent")
    private String source = "";

    @Option(names = "--table", paramLabel = "NAME", description = "only changes of this table")
    private String table = "";

    @Option(names = "--rows", description = "a line for each row instead of each record")
    private boolean rows;

    @Option(
        names = "--max-lines",
        paramLabel = "N",
        description = "lines to print at most (default: ${DEFAULT-VALUE})")
    private long maxLines = 1000;

    Dump() {
      where = new StateOptions();
    }

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      new LogDump(from, source, table, maxLines, rows).run(where.folder(), out::println);
      out.flush();
      return CommandLine.ExitCode.OK;
    }
  }
}
