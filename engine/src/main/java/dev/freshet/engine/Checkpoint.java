package dev.freshet.engine;

import dev.freshet.core.error.Check;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.checkpoint.CheckpointDirectory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The state of an engine after one step, ready to be written. Immutable: the engine goes on while
 * any one thread writes it.
 */
public final class Checkpoint {
  private final long step;
  private final long processingMicros;
  private final byte[] userData;
  private final Map<String, List<RunList>> operators;
  private final AtomicReference<@Nullable CheckpointDirectory> directory;

  Checkpoint(
      long step,
      long processingMicros,
      byte[] userData,
      Map<String, List<RunList>> operators,
      AtomicReference<@Nullable CheckpointDirectory> directory) {
    this.step = step;
    this.processingMicros = processingMicros;
    this.userData = userData;
    this.operators = operators;
    this.directory = directory;
  }

  /** The step whose state this is. */
  public long step() {
    return step;
  }

  /** As {@link #write(Storage, String, int)}, and keeps none before it. */
  public void write(Storage storage, String path) {
    write(storage, path, 1);
  }

  /**
   * Writes the checkpoint; when this returns it is durable. Write the checkpoints of an engine one
   * after the other, in the order of their steps.
   *
   * @param keep how many checkpoints to keep, this one among them, at least 1. When a file of the
   *     newest is damaged, {@link Engine#restore} takes the one before
   * @return the user data of the checkpoints that are kept, newest first
   * @throws FreshetException for failures of the storage; the checkpoints before then still stand
   */
  public List<byte[]> write(Storage storage, String path, int keep) {
    Check.that(keep >= 1, "at least one checkpoint is kept");
    CheckpointDirectory known = directory.get();
    CheckpointDirectory at =
        known != null && known.isAt(storage, path)
            ? known
            : CheckpointDirectory.openToWrite(storage, path);
    directory.set(at);
    return at.write(step, processingMicros, userData, operators, keep);
  }
}
