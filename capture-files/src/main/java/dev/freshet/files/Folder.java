package dev.freshet.files;

import dev.freshet.core.port.Clock;
import dev.freshet.files.store.FileStore;
import dev.freshet.files.store.FoundFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which files are to be read: those of the tables that are not known as they are, and have settled.
 * One thread owns it.
 */
final class Folder {
  private final FileStore store;
  private final FilesSettings settings;
  private final Clock clock;
  private final Map<String, Seen> seen = new HashMap<>();
  private long waitingBytes;

  /** A file as it was looked at first, and when that was. */
  private record Seen(FoundFile file, long nanos, Optional<Trouble> trouble) {}

  /** Why a file was not read, and until when it is left alone. */
  private record Trouble(String reason, long untilNanos) {}

  Folder(FileStore store, FilesSettings settings, Clock clock) {
    this.store = store;
    this.settings = settings;
    this.clock = clock;
  }

  /** A file that is to be read. */
  record Candidate(FoundFile file, String table) {}

  /** The table whose rows a file holds. */
  static Optional<String> table(List<TablePattern> patterns, FoundFile file) {
    return TablePattern.isTemporary(file.name())
        ? Optional.empty()
        : patterns.stream()
            .filter(pattern -> pattern.matches(file.path()))
            .map(TablePattern::table)
            .findFirst();
  }

  /** Looks at all files; returns those to read, the oldest first. */
  List<Candidate> look(KnownFiles known) {
    List<Candidate> ready = new ArrayList<>();
    Set<String> open = new HashSet<>();
    long waiting = 0;
    for (FoundFile file : store.list()) {
      Optional<String> table = table(settings.patterns(), file);
      boolean isKnown =
          known.find(file.path()).filter(was -> was.file().looksLike(file)).isPresent();
      if (table.isEmpty() || isKnown || file.bytes() == 0) {
        continue;
      }
      open.add(file.path());
      waiting += file.bytes();
      if (isReady(file)) {
        ready.add(new Candidate(file, table.get()));
      }
    }
    seen.keySet().retainAll(open);
    waitingBytes = waiting;
    ready.sort(
        Comparator.comparingLong((Candidate each) -> each.file().modifiedMicros())
            .thenComparing(each -> each.file().path()));
    return ready;
  }

  /** It has not changed since a while: by its own time, or since it was looked at first. */
  private boolean isReady(FoundFile file) {
    long now = clock.nanos();
    Seen before = seen.get(file.path());
    if (before == null || !before.file().equals(file)) {
      before = new Seen(file, now, Optional.empty());
      seen.put(file.path(), before);
    }
    if (before.trouble().isPresent()) {
      return before.trouble().get().untilNanos() - now <= 0;
    }
    long settleMicros = settings.settle().toNanos() / 1_000;
    return now - before.nanos() >= settings.settle().toNanos()
        || clock.wallMicros() - file.modifiedMicros() >= settleMicros;
  }

  /**
   * A file could not be read to its end. Returns whether it may get the rest yet; then it is left
   * alone until it changes, or its time is over.
   */
  boolean waitsForRest(FoundFile file, String reason) {
    Seen first = seen.get(file.path());
    long now = clock.nanos();
    if (first == null || !first.file().equals(file)) {
      first = new Seen(file, now, Optional.empty());
    }
    long until = first.nanos() + settings.patience().toNanos();
    if (until - now <= 0) {
      seen.remove(file.path());
      return false;
    }
    seen.put(file.path(), new Seen(file, first.nanos(), Optional.of(new Trouble(reason, until))));
    return true;
  }

  /** Why files wait; empty when none does. */
  Optional<String> trouble() {
    return seen.values().stream()
        .flatMap(each ->
            each.trouble().stream()
                .map(trouble -> each.file().path() + " waits for its rest: " + trouble.reason()))
        .min(Comparator.naturalOrder());
  }

  /** Bytes of files that are not read yet, as they were looked at last. */
  long waitingBytes() {
    return waitingBytes;
  }
}
