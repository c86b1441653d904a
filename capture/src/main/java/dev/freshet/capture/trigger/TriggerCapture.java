package dev.freshet.capture.trigger;

import dev.freshet.capture.Capture;
import dev.freshet.capture.SourceStatus;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.jdbc.Session;
import dev.freshet.core.port.Scheduler;

/** A running source. */
final class TriggerCapture implements Capture {
  private final TriggerTask task;
  private final TriggerCounters counters;
  private final Scheduler.Handle handle;

  TriggerCapture(String name, Scheduler scheduler, TriggerTask task, TriggerCounters counters) {
    this.task = task;
    this.counters = counters;
    this.handle = scheduler.start("capture-" + name, task);
  }

  @Override
  public void acknowledged(byte[] position) {
    TriggerPosition durable = TriggerPosition.read(position);
    counters.acknowledged(durable);
    task.acknowledged(durable.deliveries());
  }

  @Override
  public SourceStatus status() {
    Throwable failure = handle.failure();
    if (failure != null) {
      counters.failed(State.FAILED, String.valueOf(failure.getMessage()));
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
    counters.stopped();
  }
}
