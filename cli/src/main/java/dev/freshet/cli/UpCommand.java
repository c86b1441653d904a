package dev.freshet.cli;

import dev.freshet.runtime.console.LiveView;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.system.FolderFiles;
import dev.freshet.runtime.system.FreshetSystem;
import dev.freshet.runtime.system.Supervisor;
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
  private static final FolderFiles NO_FILES = new FolderFiles(Map.of());

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

  private FolderFiles present = NO_FILES;
  private boolean hasStarted;

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
    present = watch ? FolderFiles.of(directory) : NO_FILES;
    Project read = project.read(directory);
    try (Supervisor supervisor = Supervisor.start(read, this::started)) {
      Thread hook =
          new Thread(() -> {
            stopped.countDown();
            awaitQuietly(closed);
          });
      Runtime.getRuntime().addShutdownHook(hook);
      show(supervisor, stopped);
    } finally {
      closed.countDown();
    }
    return 0;
  }

  /** After the first start, files that were saved while nothing ran are looked at, too. */
  private void started(FreshetSystem system) {
    if (!hasStarted) {
      System.out.println("Web page  " + system.address());
      System.out.println("Lake      " + system.lakeLocation());
      system.masked().forEach(line -> System.out.println("Masked    " + line));
      System.out.println();
    }
    if (watch) {
      system.watch(hasStarted ? NO_FILES : present);
    }
    hasStarted = true;
  }

  private static void show(Supervisor supervisor, CountDownLatch stopped)
      throws InterruptedException {
    LiveView view = new LiveView(System.out);
    String shown = "";
    while (!stopped.await(1, TimeUnit.SECONDS)) {
      supervisor.system().ifPresent(system -> view.show(system.status(), system.address()));
      String problem = supervisor.problem();
      if (!problem.equals(shown) && !problem.isEmpty()) {
        System.err.println("Stopped, and starts again by itself: " + problem);
      }
      shown = problem;
    }
    view.end();
  }

  private static void awaitQuietly(CountDownLatch closed) {
    try {
      closed.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
