package dev.freshet.cli;

import dev.freshet.runtime.scaffold.HttpScaffold;
import dev.freshet.runtime.scaffold.Scaffold;
import dev.freshet.runtime.system.DatabaseScaffold;
import dev.freshet.runtime.system.OriginScaffold;
import java.io.PrintWriter;
import java.nio.file.Files;
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
    description =
        "Makes a new project folder: empty, for the tables that a database or a folder of files holds, for rows that are posted, or"
            + " with made-up rows.")
final class InitCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "the folder to make")
  private Path directory = Path.of("");

  @Option(
      names = "--from",
      paramLabel = "URL|FOLDER|http|generator",
      description =
          "look at this database and write its source, contracts and starter models: postgres://user@host/db,"
              + " mariadb://user@host/db or mysql://user@host/db (with the driver in the folder drivers; with ?tls=required"
              + " encrypted). The password is taken from the environment, from DB_PASSWORD for a database named db, or"
              + " from the URL, and not written down. Or the files of this folder. Or http: tables that programs post rows to."
              + " Or generator: made-up orders, or generator:payments, generator:sensors, generator:clicks.")
  private String from = "";

  InitCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    String first = "";
    List<String> files;
    switch (from) {
      case "" -> {
        files = Scaffold.empty(directory);
        first = "describe a source in " + directory.resolve("sources") + ", then: ";
      }
      case "http" -> files = HttpScaffold.write(directory);
      default -> {
        if (from.equals(OriginScaffold.GENERATOR)
            || from.startsWith(OriginScaffold.GENERATOR + ":")) {
          files = OriginScaffold.madeUp(directory, from);
          break;
        }
        if (!from.contains("://") && Files.isDirectory(Path.of(from))) {
          files = OriginScaffold.fromFiles(directory, Path.of(from));
          break;
        }
        DatabaseScaffold.Written written = DatabaseScaffold.write(directory, from, System.getenv());
        files = written.files();
        if (!written.passwordVariable().isEmpty()) {
          first = "export " + written.passwordVariable() + "=..., then: ";
        }
      }
    }
    out.println("Made project " + directory + ":");
    files.forEach(file -> out.println("  " + file));
    out.println();
    out.println("Next: " + first + "freshet up " + directory);
    return 0;
  }
}
