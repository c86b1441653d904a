package dev.freshet.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
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
    versionProvider = FreshetVersion.class)
public final class FreshetCommand implements Runnable {
  private static final String REHEARSE = "rehearse";

  /** By the names that they have in their annotations. */
  private static final Map<String, Supplier<Object>> SUB_COMMANDS = subCommands();

  @Spec private CommandSpec spec;

  FreshetCommand() {}

  private static Map<String, Supplier<Object>> subCommands() {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("demo", DemoCommand::new);
    commands.put("init", InitCommand::new);
    commands.put("check", CheckCommand::new);
    commands.put("source", SourceCommand::new);
    commands.put("up", UpCommand::new);
    commands.put("apply", ApplyCommand::new);
    commands.put("query", QueryCommand::new);
    commands.put("status", StatusCommand::new);
    commands.put("replay", ReplayCommand::new);
    commands.put("verify", VerifyCommand::new);
    commands.put("reconcile", ReconcileCommand::new);
    commands.put("log", LogCommand::new);
    commands.put("backup", BackupCommand::new);
    commands.put("restore", RestoreCommand::new);
    commands.put(REHEARSE, RehearseCommand::new);
    return commands;
  }

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
    if (isPlainUp(args)) {
      return plainUp(args.length > 1 ? args[1] : "", err);
    }
    return commandLine(args)
        .setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler(new ErrorReport())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .execute(args);
  }

  /** {@code up} or {@code up DIR}: no option, and no file of arguments. */
  private static boolean isPlainUp(String[] args) {
    return args.length > 0
        && args.length <= 2
        && args[0].equals("up")
        && (args.length == 1 || !(args[1].startsWith("-") || args[1].startsWith("@")));
  }

  /** Reading these arguments with the library would take a tenth of the whole start. */
  private static int plainUp(String directory, PrintWriter err) {
    try {
      return new UpCommand(Path.of(directory)).call();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CommandLine.ExitCode.OK;
    } catch (RuntimeException e) {
      return ErrorReport.report(e, err);
    }
  }

  /** With the sub-command that is asked for, or with all: to describe one takes a while. */
  private static CommandLine commandLine(String[] args) {
    CommandLine root = new CommandLine(new FreshetCommand());
    Supplier<Object> asked = args.length == 0 ? null : SUB_COMMANDS.get(args[0]);
    if (asked != null && !args[0].equals(REHEARSE)) {
      return root.addSubcommand(asked.get());
    }
    SUB_COMMANDS.values().forEach(command -> root.addSubcommand(command.get()));
    return root.addSubcommand(new CommandLine.HelpCommand());
  }
}
