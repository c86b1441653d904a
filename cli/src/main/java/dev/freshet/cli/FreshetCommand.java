package dev.freshet.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The {@code freshet} command and the list of its sub-commands, each a class of its own.
 *
 * <p>Exit codes: 0 for success, 1 when the command failed, 2 when the arguments are wrong, 70 for a
 * defect in Freshet.
 */
@Command(
    name = "freshet",
    description = "Keeps tables fresh: SQL models that always equal their query over live sources.",
    mixinStandardHelpOptions = true,
    versionProvider = FreshetVersion.class,
    subcommands = {
      DemoCommand.class,
      InitCommand.class,
      CheckCommand.class,
      UpCommand.class,
      QueryCommand.class,
      StatusCommand.class,
      RehearseCommand.class,
      CommandLine.HelpCommand.class
    })
public final class FreshetCommand implements Runnable {
  @Spec private CommandSpec spec;

  FreshetCommand() {}

  /** Without a sub-command the help is what a newcomer needs. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  public static void main(String[] args) {
    int exitCode = run(args, new PrintWriter(System.out, true), new PrintWriter(System.err, true));
    System.exit(exitCode);
  }

  /** Runs one command against the given streams and answers its exit code; never ends the JVM. */
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    return new CommandLine(new FreshetCommand())
        .setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler(new ErrorReport())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .execute(args);
  }
}
