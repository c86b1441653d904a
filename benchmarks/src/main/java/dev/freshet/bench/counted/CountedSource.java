package dev.freshet.bench.counted;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceStatus;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.measure.Gauge;
import java.time.Duration;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Supplier;

/** A source whose rows count when their position is acknowledged: then they are on disk. */
public record CountedSource(Source source, Gauge gauge) implements Source {
  @Override
  public String name() {
    return source.name();
  }

  @Override
  public SourceCheck check(Resume resume) {
    return source.check(resume);
  }

  @Override
  public Capture start(Scheduler scheduler, Clock clock, Resume resume, ChangeSink sink) {
    Deque<Offered> offered = new ConcurrentLinkedDeque<>();
    Capture capture =
        source.start(
            scheduler,
            clock,
            resume,
            (ChangeSet changes) -> {
              // It may be acknowledged before the answer is here.
              offered.add(new Offered(changes.position(), Arrived.of(changes)));
              ChangeSink.Answer answer = sink.offer(changes);
              if (answer == ChangeSink.Answer.FULL) {
                offered.removeLast();
              }
              return answer;
            });
    return new Watched(capture, gauge, offered);
  }

  /**
   * Waits for the last row.
   *
   * @throws IllegalStateException when it does not come in time, or the source has failed
   */
  public static void await(Gauge gauge, Duration patience, Supplier<Optional<SourceStatus>> status)
      throws InterruptedException {
    gauge.await(
        patience,
        () -> status.get().filter(now -> now.state() == SourceStatus.State.FAILED).isPresent(),
        () -> status.get().toString());
  }

  @SuppressWarnings("ArrayRecordComponent") // compared as bytes
  private record Offered(byte[] position, Arrived arrived) {}

  private record Watched(Capture capture, Gauge gauge, Deque<Offered> offered) implements Capture {
    @Override
    public void acknowledged(byte[] position) {
      capture.acknowledged(position);
      boolean isLast = false;
      for (Offered each = offered.peek(); each != null && !isLast; each = offered.peek()) {
        offered.remove();
        each.arrived().addTo(gauge);
        isLast = Arrays.equals(each.position(), position);
      }
    }

    @Override
    public SourceStatus status() {
      return capture.status();
    }

    @Override
    public void wake() {
      capture.wake();
    }

    @Override
    public void close() {
      capture.close();
    }
  }
}
