package dev.freshet.cli;

import dev.freshet.runtime.backup.Backup;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description =
        "Puts a backup back as a project's state, all of it or nothing; the project must not run.")
final class RestoreCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private StateOptions where;

  @Parameters(paramLabel = "BACKUP", description = "the folder that freshet backup made")
  private Path backup = Path.of("");

  RestoreCommand() {
    where = new StateOptions();
  }

  @Override
  public Integer call() {
    Backup restored = Backup.restore(backup, where.folder());
    spec.commandLine()
        .getOut()
        .printf(
            "Restored %s from %s: %,d files, %,d bytes, the log up to offset %d%n",
            where.folder(), backup, restored.files(), restored.bytes(), restored.offset());
    return 0;
  }
}
