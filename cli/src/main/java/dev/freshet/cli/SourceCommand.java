package dev.freshet.cli;

import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.system.SourceSetup;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a source needs where its data comes from. */
@Command(
    name = "source",
    mixinStandardHelpOptions = true,
    description =
        "Looks at one source, or installs at its database what it needs there: the triggers and"
            + " the change table of kind: trigger, the event trigger of kind: postgres. Pauses,"
            + " resumes and reads anew single tables of the running project.",
    subcommands = {
      SourceCommand.Check.class,
      SourceCommand.Install.class,
      SourceCommand.Uninstall.class,
      SourceTablesCommand.Pause.class,
      SourceTablesCommand.Resume.class,
      SourceTablesCommand.Resnapshot.class
    })
final class SourceCommand implements Runnable {
  @Spec private CommandSpec spec;

  SourceCommand() {}

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description =
          "Says whether a source can run, and names what is missing with the statement that mends"
              + " it; changes nothing.")
  static final class Check implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ProjectOptions project;

    @Parameters(
        arity = "0..1",
        paramLabel = "SOURCE",
        description = "the source's name (default: all, one after the other)")
    private String source = "";

    Check() {
      project = new ProjectOptions();
    }

    @Override
    public Integer call() {
      Project read = project.read();
      List<String> names = source.isEmpty() ? SourceSetup.names(read) : List.of(source);
      for (String name : names) {
        SourceSetup.of(read, name).check().forEach(spec.commandLine().getOut()::println);
      }
      return 0;
    }
  }

  @Command(
      name = "install",
      mixinStandardHelpOptions = true,
      description =
          "Makes the change table and the triggers of a source of kind: trigger, or what of them is"
              + " missing; for kind: postgres, the event trigger that tells how tables are altered."
              + " Needs a user who may; with --print another one may run what it prints.")
  static final class Install implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ProjectOptions project;

    @Parameters(paramLabel = "SOURCE", description = "the source's name")
    private String source = "";

    @Option(names = "--print", description = "only prints the statements")
    private boolean print;

    Install() {
      project = new ProjectOptions();
    }

    @Override
    public Integer call() {
      SourceSetup setup = SourceSetup.of(project.read(), source);
      PrintWriter out = spec.commandLine().getOut();
      if (print) {
        print(setup.installingByHand(), out);
      } else {
        run(setup, setup.installing(), out);
      }
      return 0;
    }
  }

  @Command(
      name = "uninstall",
      mixinStandardHelpOptions = true,
      description =
          "Takes the triggers and the change table of a source away, with the changes in it; for"
              + " kind: postgres, the event trigger.")
  static final class Uninstall implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ProjectOptions project;

    @Parameters(paramLabel = "SOURCE", description = "the source's name")
    private String source = "";

    @Option(names = "--print", description = "only prints the statements")
    private boolean print;

    Uninstall() {
      project = new ProjectOptions();
    }

    @Override
    public Integer call() {
      SourceSetup setup = SourceSetup.of(project.read(), source);
      PrintWriter out = spec.commandLine().getOut();
      if (print) {
        print(setup.uninstallingByHand(), out);
      } else {
        run(setup, setup.uninstalling(), out);
      }
      return 0;
    }
  }

  private static void print(List<String> statements, PrintWriter out) {
    if (statements.isEmpty()) {
      out.println("-- nothing is left to do");
    }
    statements.forEach(statement -> out.println(statement + ";"));
  }

  private static void run(SourceSetup setup, List<String> statements, PrintWriter out) {
    if (statements.isEmpty()) {
      out.println("Nothing is left to do.");
      return;
    }
    setup.run(statements);
    print(statements, out);
    out.println("Done: " + statements.size() + " statements.");
  }
}
