package dev.freshet.cli;

import dev.freshet.runtime.console.LiveView;
import dev.freshet.runtime.system.FolderFiles;
import dev.freshet.runtime.system.FreshetSystem;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description =
        "Runs a project until it is interrupted: captures, keeps its models, serves them.")
final class UpCommand implements Callable<Integer> {
  @Mixin private ProjectOptions project;

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "the project's folder (default: the current one)")
  private Path directory = Path.of("");

  @Option(
      names = "--watch",
      description = "apply the folder's changes as they are saved; see freshet apply")
  private boolean watch;

  UpCommand() {
    project = new ProjectOptions();
  }

  /** For a project in this folder, with no option given. */
  UpCommand(Path directory) {
    this();
    this.directory = directory;
  }

  @Override
  public Integer call() throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    FolderFiles present = watch ? FolderFiles.of(directory) : new FolderFiles(Map.of());
    try (FreshetSystem system = FreshetSystem.start(project.read(directory))) {
      if (watch) {
        system.watch(present);
      }
      Thread hook =
          new Thread(() -> {
            stopped.countDown();
            awaitQuietly(closed);
          });
      Runtime.getRuntime().addShutdownHook(hook);
      show(system, stopped);
    } finally {
      closed.countDown();
    }
    return 0;
  }

  private static void show(FreshetSystem system, CountDownLatch stopped)
      throws InterruptedException {
    PrintStream out = System.out;
    out.println("Web page  " + system.address());
    out.println("Lake      " + system.lakeLocation());
    out.println();
    LiveView view = new LiveView(out);
    while (!stopped.await(1, TimeUnit.SECONDS)) {
      view.show(system.status());
    }
  }

  private static void awaitQuietly(CountDownLatch closed) {
    try {
      closed.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
