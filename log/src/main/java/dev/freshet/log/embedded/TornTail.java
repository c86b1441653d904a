package dev.freshet.log.embedded;

import dev.freshet.core.port.Storage;

/**
 * Tells the tail that a crash tore from damage, by proof. Each batch says where its group commit
 * began, and all bytes before that were durable when it was written. So a bad batch with a later
 * group anywhere behind it was once durable and is damage; a bad batch without one belongs to the
 * commit that a crash interrupted, was never acknowledged, and may be cut with all that follows.
 */
final class TornTail {
  private TornTail() {}

  /**
   * Looks behind a bad batch for one whose group began after it.
   *
   * @param problem why the batch at {@code bad} is none
   * @throws dev.freshet.core.error.FreshetException {@code STORAGE_DAMAGED} when there is one
   */
  static void refuseDamage(
      Storage.File file, Segment segment, long bad, long size, String problem, int blockBytes) {
    Window window = new Window(file, blockBytes);
    BatchCursor candidate = new BatchCursor(file, segment.path(), segment.base(), blockBytes);
    for (long at = bad + 1; at <= size - BatchFormat.HEADER; at++) {
      int in = window.ensure(at, BatchFormat.HEADER, size);
      if (in < 0) {
        return;
      }
      if (Bytes.intAt(window.bytes(), in) != BatchFormat.MAGIC) {
        continue;
      }
      long group = Bytes.longAt(window.bytes(), in + BatchFormat.GROUP_POSITION);
      if (group > bad && group <= at && candidate.isValid(at, size)) {
        throw Damage.at(segment.path(), bad, problem + ", and later commits stand behind it");
      }
    }
  }
}
