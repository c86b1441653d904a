package dev.freshet.bench.sourceload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceStatus;
import dev.freshet.capture.SourceStatus.SnapshotProgress;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LivesTest {
  private static final Duration PATIENCE = Duration.ofMillis(50);

  @Test
  void failsWhenASourceStalls() throws Exception {
    Lives lives =
        new Lives(new Stalled(State.STREAMING), new SplittableRandom(1), Planted.NOTHING, PATIENCE);
    assertThat(lives.run().failure()).startsWith("the source stalled");
  }

  @Test
  void failsWhenASourceFails() throws Exception {
    Lives lives =
        new Lives(new Stalled(State.FAILED), new SplittableRandom(1), Planted.NOTHING, PATIENCE);
    assertThat(lives.run().failure()).isEqualTo("the source failed: planted");
  }

  /** There is a row, and the source never delivers it. */
  private record Stalled(State state) implements Subject, Source, Capture {
    @Override
    public Source source() {
      return this;
    }

    @Override
    public String name() {
      return "stalled";
    }

    @Override
    public SourceCheck check(Resume resume) {
      return new SourceCheck(List.of(), List.of());
    }

    @Override
    public Capture start(Scheduler scheduler, Clock clock, Resume resume, ChangeSink sink) {
      return this;
    }

    @Override
    public void acknowledged(byte[] position) {}

    @Override
    public SourceStatus status() {
      return new SourceStatus(state, "", "", 0, 0, 0, 0, SnapshotProgress.NONE, "planted");
    }

    @Override
    public void wake() {}

    @Override
    public void write(SplittableRandom random) {}

    @Override
    public void widen() {}

    @Override
    public Map<String, List<String>> writeLast() {
      return Map.of();
    }

    @Override
    public Map<String, Map<Long, String>> rows() {
      return Map.of(Tables.NAMES.getFirst(), Map.of(1L, "1 1"), Tables.NAMES.getLast(), Map.of());
    }

    @Override
    public long newest() {
      return 1;
    }

    @Override
    public Sees sees() {
      return Sees.EVERY_CHANGE;
    }

    @Override
    public void close() {}
  }
}
