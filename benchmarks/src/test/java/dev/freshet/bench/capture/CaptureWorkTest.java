package dev.freshet.bench.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.freshet.bench.capture.Recvlogical.Values;
import dev.freshet.bench.harness.ChildJvm;
import dev.freshet.bench.harness.Commands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureWorkTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long ROWS = 3_000;

  @TempDir static Path folder;
  private static Origin origin;

  @BeforeAll
  static void startServer() throws Exception {
    origin = Origin.start(folder.resolve("origin"));
    origin.create("items");
    origin.insert("items", ROWS, 700);
  }

  @AfterAll
  static void stopServer() throws Exception {
    origin.close();
  }

  @Test
  void readsEachRowOfATableOnceIntoTheLogAndTheLake() throws Exception {
    Side side = new Side("Freshet");
    side.add(work("log", "freshet"), ROWS, Origin.idSum(ROWS));
    side.add(work("lake"), ROWS, Origin.idSum(ROWS));
    assertThat(side.median().perSecond()).isPositive();
    assertThat(side.median().cpuSeconds()).isPositive();
    assertThatThrownBy(() -> side.add(work("lake"), ROWS + 1, Origin.idSum(ROWS)))
        .hasMessageContaining("Failed to measure: Freshet");
  }

  /** Its slots go, as those of one run are of no use to the next. */
  private static ChildJvm.Outcome work(String into, String... slot) throws Exception {
    String target = Files.createDirectories(folder.resolve(into + System.nanoTime())).toString();
    String server = origin.file().toString();
    String main = CaptureWork.class.getName();
    ChildJvm jvm = ChildJvm.ofFreshet("-Xmx256m");
    try {
      return slot.length == 0
          ? jvm.run(main, LIMIT, into, server, "items", target, String.valueOf(ROWS))
          : jvm.run(main, LIMIT, into, server, "items", slot[0], target, String.valueOf(ROWS));
    } finally {
      origin.dropSlots();
    }
  }

  @Test
  void countsTheRowsThatTheServersOwnClientWrites() throws Exception {
    assumeThat(Commands.exists(Recvlogical.PROGRAM)).isTrue();
    origin.create("changes");
    for (Values values : Values.values()) {
      origin.createSlot(values.name().toLowerCase(Locale.ROOT));
    }
    origin.insert("changes", ROWS, 700);
    List<Long> bytes = new ArrayList<>();
    for (Values values : Values.values()) {
      String slot = values.name().toLowerCase(Locale.ROOT);
      Recvlogical client = new Recvlogical(origin, folder, 0, ROWS + 1, LIMIT);
      assertThatThrownBy(() -> client.run("changes", slot, values))
          .hasMessageContaining("wrote " + ROWS + " of " + (ROWS + 1) + " rows");
      bytes.add(Files.size(folder.resolve("stream.out")));
    }
    assertThat(bytes).doesNotHaveDuplicates();
    origin.dropSlots();
  }
}
