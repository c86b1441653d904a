package dev.freshet.files;

import dev.freshet.capture.Capture;
import dev.freshet.capture.SourceStatus;
import dev.freshet.capture.SourceStatus.SnapshotProgress;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Scheduler;
import dev.freshet.files.store.FileStore;
import org.jspecify.annotations.Nullable;

/** What other threads see of a running source; the work itself is {@link FilesTask}'s. */
final class FilesCapture implements Capture {
  private static final long STOP_MILLIS = 10_000;

  private final FilesTask task;
  private final String name;
  private final Progress progress;
  private final FileStore store;
  private volatile Scheduler.@Nullable Handle handle;

  FilesCapture(String name, FilesTask task, Progress progress, FileStore store) {
    this.name = name;
    this.task = task;
    this.progress = progress;
    this.store = store;
  }

  void start(Scheduler scheduler) {
    handle = scheduler.start("capture-" + name, task);
  }

  @Override
  public void acknowledged(byte[] position) {
    progress.acknowledged(FilePosition.read(position));
  }

  @Override
  public SourceStatus status() {
    return new SourceStatus(
        progress.state(),
        progress.received(),
        progress.acknowledged(),
        progress.waitingBytes(),
        progress.rows(),
        progress.bytes(),
        progress.lastMicros(),
        SnapshotProgress.NONE,
        progress.problem(),
        progress.tables());
  }

  @Override
  public void wake() {
    Scheduler.Handle started = handle;
    if (started != null) {
      started.wake();
    }
  }

  /** What cannot be saved is read from the log at the next start. */
  private void save() {
    try {
      task.save();
    } catch (FreshetException e) {
      progress.problem("Cannot save which files were read: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    Scheduler.Handle started = handle;
    if (started == null) {
      return;
    }
    started.cancel();
    try {
      started.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (started.isDone()) {
      task.release();
      save();
    }
    store.close(); // also when the task still waits for it
    if (progress.state() != State.FAILED) {
      progress.enter(State.STOPPED);
    }
  }
}
