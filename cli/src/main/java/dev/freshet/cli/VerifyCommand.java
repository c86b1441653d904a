package dev.freshet.cli;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.system.ResolvedProject;
import dev.freshet.runtime.system.ServerFile;
import dev.freshet.runtime.verify.DatabaseVerification;
import dev.freshet.runtime.verify.Verification;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description =
        "Replays the log into a fresh engine and compares what it comes to with what the project"
            + " holds, running or not. Changes nothing; exit code 1 when something differs.")
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ProjectOptions project;

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "the project's folder (default: the current one)")
  private Path directory = Path.of("");

  @Option(
      names = "--database",
      paramLabel = "DIR",
      description =
          "instead of a project's: the directory of a database that a program opens with the"
              + " library, while no program has it open")
  private Path database = Path.of("");

  VerifyCommand() {
    project = new ProjectOptions();
  }

  @Override
  public Integer call() throws IOException {
    refuseTwo(project.chosen(directory));
    Path spill = Files.createTempDirectory("freshet-verify");
    try {
      PrintWriter out = spec.commandLine().getOut();
      int differing =
          database.toString().isEmpty()
              ? verifyProject(spill, out)
              : DatabaseVerification.run(database, spill, out::println);
      out.flush();
      return differing == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    } finally {
      delete(spill);
    }
  }

  private void refuseTwo(Path folder) {
    if (!folder.toString().isEmpty() && !database.toString().isEmpty()) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot verify a project and a database at once: "
              + folder
              + " and "
              + database
              + ". For the project: freshet verify "
              + folder
              + ". For the database that a program opens with the library: freshet verify"
              + " --database "
              + database
              + ".");
    }
  }

  private int verifyProject(Path spill, PrintWriter out) {
    Project read = project.read(directory);
    Path state = read.settings().state();
    Optional<UnaryOperator<String>> running =
        ServerFile.isAnswered(state)
            ? Optional.of(new RunningProject(ServerFile.address(state))::get)
            : Optional.empty();
    return Verification.run(state, ResolvedProject.of(read), running, spill, out::println);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
