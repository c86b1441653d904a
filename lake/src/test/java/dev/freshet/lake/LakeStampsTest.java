package dev.freshet.lake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LakeStampsTest {
  private static final LakeOptions OPTIONS = new LakeOptions(2, 3, 1_000);
  private static final int STEPS = 30;
  private static final Pattern TIMES = Pattern.compile("\"(?:timestamp|last-updated)-ms\":(\\d+)");

  private final SimulatedClock clock = new SimulatedClock();
  private final SimulatedStorage storage = new SimulatedStorage(clock, new Trace(), 1);

  /** Enough for merges, expired snapshots and merged manifests; the lake is opened anew halfway. */
  private LakeStampsTest run(Runnable betweenSteps) {
    Lake lake = Lake.open(storage, clock, OPTIONS);
    LakeTable table = lake.keyed("gold.t", LakeTest.SCHEMA, new int[] {0});
    for (long step = 1; step <= STEPS; step++) {
      BatchBuilder delta = new BatchBuilder(LakeTest.SCHEMA, 4);
      delta.row(1, step, "n" + step, 1.5);
      if (step > 2 && step % 2 == 0) {
        delta.row(-1, step - 2, "n" + (step - 2), 1.5);
      }
      lake.stage(step, table, delta.build());
      lake.publish(step, Map.of());
      betweenSteps.run();
      if (step == STEPS / 2) {
        lake.close();
        lake = Lake.open(storage, clock, OPTIONS);
        table = lake.keyed("gold.t", LakeTest.SCHEMA, new int[] {0});
      }
    }
    return this;
  }

  private Map<String, String> files() {
    Map<String, String> files = new TreeMap<>();
    for (String path : storage.paths()) {
      files.put(path, new String(storage.content(path), StandardCharsets.ISO_8859_1));
    }
    return files;
  }

  @Test
  void givesTheSameBytesForTheSameHistoryOnTheSameClock() {
    LakeStampsTest other = new LakeStampsTest();
    Map<String, String> files = run(() -> clock.advance(1_000_000_000)).files();
    assertThat(files.keySet()).anyMatch(path -> path.endsWith(".puffin"));
    other.run(() -> other.clock.advance(1_000_000_000));
    assertThat(other.files()).isEqualTo(files);
  }

  @Test
  void givesOtherIdentifiersAtAnotherTime() {
    LakeStampsTest other = new LakeStampsTest();
    other.clock.shiftWall(1);
    assertThat(identifiers(run(() -> {})))
        .doesNotContainAnyElementsOf(identifiers(other.run(() -> {})));
  }

  private static List<String> identifiers(LakeStampsTest of) {
    Matcher matcher =
        Pattern.compile("\"(?:table-uuid|current-snapshot-id)\":\"?([-\\w]+)")
            .matcher(of.newestMetadata());
    List<String> found = new ArrayList<>();
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    assertThat(found).hasSize(2);
    return found;
  }

  @Test
  void takesTimesFromTheClockAndNeverBack() {
    run(() -> clock.shiftWall(-3_600_000_000L));
    long start = new SimulatedClock().wallMicros() / 1000;
    Matcher matcher = TIMES.matcher(newestMetadata());
    List<Long> times = new ArrayList<>();
    while (matcher.find()) {
      times.add(Long.valueOf(matcher.group(1)));
    }
    assertThat(times).isNotEmpty().allMatch(time -> time >= start && time < start + 60_000);
    assertThat(TestRows.of(LakeReader.open(storage), "gold.t")).hasSize(STEPS / 2 + 1);
  }

  private String newestMetadata() {
    String location = LakeReader.open(storage).metadataLocation("gold.t");
    return new String(
        storage.content(location.substring(storage.root().length() + 1)), StandardCharsets.UTF_8);
  }
}
