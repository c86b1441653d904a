package dev.freshet.engine;

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

  /**
   * Writes the checkpoint; when this returns it is durable and replaces the one before. Write the
   * checkpoints of an engine one after the other, in the order of their steps.
   *
   * @throws FreshetException for failures of the storage; the checkpoint before then still stands
   */
  public void write(Storage storage, String path) {
    CheckpointDirectory known = directory.get();
    CheckpointDirectory at =
        known != null && known.isAt(storage, path)
            ? known
            : CheckpointDirectory.open(storage, path);
    directory.set(at);
    at.write(step, processingMicros, userData, operators);
  }
}
