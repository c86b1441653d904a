package dev.freshet.sourcetest;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceStatus;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A source that is not told what is durable, so that its log may lose its end: what is told is gone
 * at the origin.
 *
 * @param offers counts what it gives to its log
 */
record Untold(Source source, Offers offers) implements Source {
  /** What was offered to a log. */
  static final class Offers {
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong refusals = new AtomicLong();

    private ChangeSink.Answer count(ChangeSet changes, ChangeSink.Answer answer) {
      switch (answer) {
        case TAKEN -> rows.addAndGet(changes.rowCount());
        case FULL -> refusals.incrementAndGet();
      }
      return answer;
    }

    /** Rows that were taken, those that fit no table included. */
    long rows() {
      return rows.get();
    }

    /** Whether the log had no room once. */
    boolean wereRefused() {
      return refusals.get() > 0;
    }
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public boolean continuesParts() {
    return source.continuesParts();
  }

  @Override
  public SourceCheck check(Resume resume) {
    return source.check(resume);
  }

  @Override
  public Capture start(Scheduler scheduler, Clock clock, Resume resume, ChangeSink sink) {
    Capture real =
        source.start(
            scheduler, clock, resume, changes -> offers.count(changes, sink.offer(changes)));
    return new Capture() {
      @Override
      public void acknowledged(byte[] position) {
        // not told
      }

      @Override
      public SourceStatus status() {
        return real.status();
      }

      @Override
      public void wake() {
        real.wake();
      }

      @Override
      public void close() {
        real.close();
      }
    };
  }
}
