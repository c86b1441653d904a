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
    name = "backup",
    mixinStandardHelpOptions = true,
    description =
        "Copies a project's whole state (log, models' state, lake) at one moment, while it runs or"
            + " not.")
final class BackupCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private StateOptions where;

  @Parameters(paramLabel = "TARGET", description = "a new or empty folder for the backup")
  private Path target = Path.of("");

  BackupCommand() {
    where = new StateOptions();
  }

  @Override
  public Integer call() {
    Backup made = Backup.create(where.folder(), target);
    spec.commandLine()
        .getOut()
        .printf(
            "Backed up %s to %s: %,d files, %,d bytes, the log up to offset %d%n",
            where.folder(), target, made.files(), made.bytes(), made.offset());
    return 0;
  }
}
