package dev.freshet.capture.poll;

import dev.freshet.capture.Capture;
import dev.freshet.capture.SourceStatus;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.jdbc.Session;
import dev.freshet.core.port.Scheduler;

/** A running polled source. */
final class PollCapture implements Capture {
  private final PollTask task;
  private final PollCounters counters;
  private final Scheduler.Handle handle;

  PollCapture(String name, Scheduler scheduler, PollTask task, PollCounters counters) {
    this.task = task;
    this.counters = counters;
    this.handle = scheduler.start("capture-" + name, task);
  }

  @Override
  public void acknowledged(byte[] position) {
    counters.acknowledged(PollPosition.read(position));
  }

  @Override
  public SourceStatus status() {
    Throwable failure = handle.failure();
    if (failure != null) {
      counters.failed(null, State.FAILED, String.valueOf(failure.getMessage()));
    }
    return counters.status();
  }

  @Override
  public void wake() {
    handle.wake();
  }

  @Override
  public void close() {
    Session.end(handle, task::close);
    counters.enter(State.STOPPED);
  }
}
