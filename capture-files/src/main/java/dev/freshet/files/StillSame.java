package dev.freshet.files;

import dev.freshet.core.port.Clock;
import dev.freshet.files.format.FileProblem;
import dev.freshet.files.store.FileStore;
import dev.freshet.files.store.FoundFile;
import dev.freshet.files.store.OpenFile;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Watches whether a file is still what it was while it is read: hashed again, a piece at a time,
 * when it looks different, for half of the time at most. What was added behind its end is for
 * later. One thread owns it.
 */
final class StillSame {
  private final FileStore store;
  private final Clock clock;
  private final OpenFile file;
  private final FoundFile found;
  private FoundFile lookedAt;
  private @Nullable MessageDigest hashing;
  private long hashed;
  private long began;
  private long notBefore;

  StillSame(FileStore store, Clock clock, OpenFile file, FoundFile found) {
    this.store = store;
    this.clock = clock;
    this.file = file;
    this.found = found;
    this.lookedAt = found;
    this.notBefore = clock.nanos();
  }

  /**
   * Returns whether it is; not so means that it is to be called again.
   *
   * @param digest of its content
   * @throws FileProblem when it was changed
   */
  boolean isSo(Digest digest) {
    MessageDigest running = hashing;
    if (running == null) {
      Optional<FoundFile> now = store.find(found.path());
      if (now.isEmpty() || now.get().equals(lookedAt) || clock.nanos() - notBefore < 0) {
        return true; // a file that goes can be read on while it is open
      }
      lookedAt = now.get();
      running = Digest.start();
      hashing = running;
      hashed = 0;
      began = clock.nanos();
    }
    hashed += Digest.add(running, file, hashed, found.bytes());
    if (hashed < found.bytes()) {
      return false;
    }
    hashing = null;
    long now = clock.nanos();
    notBefore = now + (now - began);
    if (!Digest.of(running).equals(digest)) {
      throw FileProblem.corrupt("it was changed while it was read");
    }
    return true;
  }
}
