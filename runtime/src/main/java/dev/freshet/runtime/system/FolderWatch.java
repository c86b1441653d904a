package dev.freshet.runtime.system;

import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.port.Scheduler.Task;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Applies a folder once its files have changed and then stayed as they are from one look to the
 * next: an editor writes several files, and each in several parts. Whatever is wrong with them is
 * told by the status, and looked at again with the next change. One thread runs it.
 */
final class FolderWatch implements Task {
  private static final long LOOK_MILLIS = 500;

  private final Supplier<FolderFiles> look;
  private final Runnable apply;
  private FolderFiles applied;
  private FolderFiles last;

  /**
   * @param present the files that the running project was read from, or older ones
   */
  FolderWatch(FolderFiles present, Supplier<FolderFiles> look, Runnable apply) {
    this.look = look;
    this.apply = apply;
    this.applied = present;
    this.last = present;
  }

  @Override
  public Next run() {
    Optional<FolderFiles> found = look();
    if (found.isPresent()) {
      FolderFiles now = found.get();
      boolean hasSettled = now.equals(last);
      last = now;
      if (hasSettled && !now.equals(applied)) {
        applied = now;
        apply();
      }
    }
    return Next.afterMillis(LOOK_MILLIS);
  }

  /** A file may go while its folder is read: then the folder has not come to rest. */
  private Optional<FolderFiles> look() {
    try {
      return Optional.of(look.get());
    } catch (FreshetException e) {
      return Optional.empty();
    }
  }

  private void apply() {
    try {
      apply.run();
    } catch (FreshetException e) {
      // the status tells it, until the next change
    }
  }
}
