package dev.freshet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A benchmark or a proof that is told to end (SIGTERM, Ctrl-C) in the middle. */
class EndedEarlyTest {
  private static final long SECONDS_MAX = 60;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "Bench, recovery --state-mb 1 --interval 200ms --times 1000, RecoveryWork, ''",
    "Bench, ingest --for 10m, PostServerMain, ''",
    "Bench, ingest --for 10m, PostServerMain, posting to",
    "Prove, memory, MemoryWork, ''",
    "Prove, kill --times 1000 --rate 100, VictimMain, ''"
  })
  void leavesNeitherProcessesNorFoldersBehind(
      String main, String arguments, String child, String printed) throws Exception {
    // PostgreSQL runs as another user, who must get in.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Process process = start(main, arguments);
    List<ProcessHandle> children = new ArrayList<>();
    try {
      assertThat(
              await(
                  () -> !process.isAlive() || (has(process, child) && output().contains(printed))))
          .isTrue();
      assertThat(process.isAlive()).as(output()).isTrue();
      children.addAll(process.descendants().toList());
      assertThat(folders()).isNotEmpty();

      process.destroy();

      assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
      assertThat(children.stream().filter(each -> commandLine(each).contains(child))).isEmpty();
      assertThat(await(() -> children.stream().noneMatch(ProcessHandle::isAlive))).isTrue();
      assertThat(folders()).isEmpty();
    } finally {
      children.forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private Process start(String main, String arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-Djava.io.tmpdir=" + folder, "-Dfreshet.home=.."));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "dev.freshet.bench." + main));
    command.addAll(List.of(arguments.split(" ")));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("output").toFile())
        .start();
  }

  private static boolean has(Process process, String child) {
    return process.descendants().anyMatch(each -> commandLine(each).contains(child));
  }

  /** As a whole: {@link ProcessHandle.Info} cuts long ones off. */
  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  private String output() {
    try {
      return Files.readString(folder.resolve("output"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Path> folders() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(Files::isDirectory).toList();
    }
  }

  private static boolean await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(10_000_000);
    }
    return true;
  }
}
