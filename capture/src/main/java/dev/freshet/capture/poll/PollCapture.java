package dev.freshet.capture.poll;

import dev.freshet.capture.Capture;
import dev.freshet.capture.SourceStatus;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.core.port.Scheduler;

/** A running polled source. */
final class PollCapture implements Capture {
  private static final long STOP_MILLIS = 5_000;

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
    handle.cancel();
    try {
      if (!handle.join(STOP_MILLIS)) {
        task.close(); // a question that hangs ends with its connection
        handle.join(STOP_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    task.close();
    counters.enter(State.STOPPED);
  }
}
