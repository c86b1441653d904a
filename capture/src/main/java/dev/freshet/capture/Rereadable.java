package dev.freshet.capture;

import dev.freshet.core.error.FreshetException;

/**
 * A running source whose tables can be read once more, as they are at one position of its changes.
 * Safe for all threads.
 */
public interface Rereadable {
  /**
   * Stops the source's changes at a position. Blocks until that is reached: all that the source
   * changed before it has been offered to the sink by then, and nothing of what it changed later.
   *
   * @throws FreshetException when the source cannot be read now: it is not streaming, another fence
   *     of it is open, or its connection was lost; to try again later helps
   */
  Fence fence();
}
