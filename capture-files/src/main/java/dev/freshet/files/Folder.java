package dev.freshet.files;

import dev.freshet.core.port.Clock;
import dev.freshet.files.FilePosition.Outcome;
import dev.freshet.files.format.FileReader;
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
  /** Of the time that hashing a file takes again and again, what the others have meanwhile. */
  private static final long OTHERS_SHARE = 4;

  private static final long HOLD_NANOS_MIN = 100_000_000L;

  private final FileStore store;
  private final FilesSettings settings;
  private final Clock clock;
  private final Map<String, Seen> seen = new HashMap<>();

  /** Until when files are left alone that were just read. */
  private final Map<String, Long> held = new HashMap<>();

  /** Files the rest of which cannot be read, as they were found. */
  private final Map<String, FoundFile> givenUp = new HashMap<>();

  /** Files that were others when they were read, as they were found. */
  private final Map<String, FoundFile> replaced = new HashMap<>();

  /** What was there when it was looked at last. */
  private Set<String> listed = Set.of();

  private List<String> unreadable = List.of();
  private long waitingBytes;

  /**
   * A file as it was looked at first, and when that was.
   *
   * @param sinceNanos since when it does nothing but grow
   * @param isReplaced whether it is known to be another than the one that was read before
   */
  private record Seen(
      FoundFile file, long nanos, long sinceNanos, boolean isReplaced, Optional<Trouble> trouble) {
    static Seen first(FoundFile file, long now) {
      return new Seen(file, now, now, false, Optional.empty());
    }

    /** What became shorter, or was written anew, has a new beginning. */
    Seen changed(FoundFile to, long now) {
      return to.bytes() > file.bytes()
          ? new Seen(to, now, sinceNanos, isReplaced, Optional.empty())
          : first(to, now);
    }

    Seen replaced(long now) {
      return new Seen(file, nanos, now, true, trouble);
    }

    Seen known() {
      return new Seen(file, nanos, sinceNanos, false, trouble);
    }

    Seen with(Trouble of) {
      return new Seen(file, nanos, sinceNanos, isReplaced, Optional.of(of));
    }
  }

  /** Why a file was not read, and until when it is left alone. */
  private record Trouble(String reason, long untilNanos) {}

  Folder(FileStore store, FilesSettings settings, Clock clock) {
    this.store = store;
    this.settings = settings;
    this.clock = clock;
  }

  /** How a file is read. */
  enum Growth {
    /** As a whole. */
    SETTLED,
    /** It goes on growing: up to its last whole row. */
    GROWING,
    /** As one that grows, and from its start if it is not what was read before. */
    GROWING_ANEW
  }

  /**
   * A file that is to be read.
   *
   * @param before what was known of the file of this path when it was found
   */
  record Candidate(FoundFile file, String table, Growth growth, Optional<FilePosition> before) {}

  /**
   * The table whose rows a file holds: the first whose pattern matches, but of names the longest,
   * so that {@code orders_items.csv} is not of {@code orders} where there is {@code orders_items}.
   */
  static Optional<String> table(List<TablePattern> patterns, FoundFile file) {
    if (TablePattern.isTemporary(file.path())) {
      return Optional.empty();
    }
    List<TablePattern> matching =
        patterns.stream().filter(pattern -> pattern.matches(file.path())).toList();
    return matching.stream()
        .findFirst()
        .map(first ->
            TablePattern.isName(first.pattern())
                ? matching.stream()
                    .filter(pattern -> TablePattern.isName(pattern.pattern()))
                    .max(Comparator.comparingInt(pattern -> pattern.pattern().length()))
                    .orElse(first)
                : first)
        .map(TablePattern::table);
  }

  /**
   * Looks at all files; returns those to read, the oldest first. Those more of whose rows are to be
   * delivered are not among them.
   *
   * @param leftAlone tables whose files are passed over: nothing is wrong with them, and none waits
   */
  List<Candidate> look(KnownFiles known, Retries retries, Set<String> leftAlone) {
    List<Candidate> ready = new ArrayList<>();
    Set<String> open = new HashSet<>();
    Set<String> there = new HashSet<>();
    Set<String> passedOver = new HashSet<>();
    known.unfinished().stream()
        .map(FilePosition::file)
        .filter(file -> leftAlone.contains(file.table()))
        .forEach(file -> passedOver.add(file.path()));
    long waiting = 0;
    FileStore.Listing listing = store.list();
    long now = clock.nanos();
    held.values().removeIf(until -> until - now <= 0);
    for (FoundFile file : listing.files()) {
      there.add(file.path());
      Optional<FilePosition> before = known.find(file.path());
      boolean isKnown = before.filter(was -> isKnown(was, file)).isPresent();
      Optional<String> table =
          isKnown || file.bytes() == 0 ? Optional.empty() : table(settings.patterns(), file);
      if (table.isEmpty()) {
        continue;
      }
      if (leftAlone.contains(table.get())) {
        passedOver.add(file.path());
        continue;
      }
      open.add(file.path());
      waiting += file.bytes();
      Optional<Growth> growth = readyAs(file, before);
      if (growth.isPresent() && retries.isDue(file.path())) {
        ready.add(new Candidate(file, table.get(), growth.get(), before));
      }
    }
    unreadable = listing.unreadable();
    listed = there;
    seen.keySet().retainAll(open);
    givenUp.keySet().retainAll(there);
    replaced.keySet().retainAll(there);
    retries.retain(
        path -> !passedOver.contains(path) && (there.contains(path) || known.isUnfinished(path)));
    if (unreadable.isEmpty()) {
      known.forgetGone(there);
    }
    waitingBytes = waiting;
    ready.sort(
        Comparator.comparingLong((Candidate each) -> each.file().modifiedMicros())
            .thenComparing(each -> each.file().path()));
    return ready;
  }

  /** One that went, or was another, while it was read, and is there again as it was, is read on. */
  private boolean isKnown(FilePosition was, FoundFile file) {
    return switch (was.outcome()) {
      case READING -> true;
      case ABANDONED -> was.file().looksLike(file) && file.equals(givenUp.get(file.path()));
      case DONE, QUARANTINED, DUPLICATE -> was.file().looksLike(file);
    };
  }

  /**
   * As a whole when it has not changed since a while: by its own time, or since it was looked at
   * first. While it grows, when it does that for longer; for much longer when it is new, or another
   * than before, as it may be on its way here.
   */
  private Optional<Growth> readyAs(FoundFile file, Optional<FilePosition> before) {
    long now = clock.nanos();
    Seen last = seen.get(file.path());
    Seen looked =
        last == null
            ? Seen.first(file, now)
            : last.file().equals(file) ? last : last.changed(file, now);
    seen.put(file.path(), looked);
    if (looked.trouble().isPresent()) {
      return looked.trouble().get().untilNanos() - now <= 0
          ? Optional.of(Growth.SETTLED)
          : Optional.empty();
    }
    if (held.containsKey(file.path())) {
      return Optional.empty();
    }
    long settle = settings.settle().toNanos();
    if (now - looked.nanos() >= settle
        || clock.wallMicros() - file.modifiedMicros() >= settle / 1_000) {
      return Optional.of(Growth.SETTLED);
    }
    boolean goesOn = before.filter(FilePosition::hasTaken).isPresent() && !looked.isReplaced();
    boolean grows =
        now - looked.sinceNanos() >= (goesOn ? settle : patienceNanos())
            && before.filter(was -> was.outcome() == Outcome.QUARANTINED).isEmpty()
            && FileReader.mayGrow(settings.format(), file.name());
    Growth growth = looked.isReplaced() ? Growth.GROWING_ANEW : Growth.GROWING;
    return grows ? Optional.of(growth) : Optional.empty();
  }

  private long patienceNanos() {
    return Math.max(settings.settle().toNanos(), settings.patience().toNanos());
  }

  /** Whether a file is still as it was found: one that grows, or more of it. */
  boolean isStill(Candidate candidate) {
    FoundFile found = candidate.file();
    if (store.whenReplaced() == FileStore.WhenReplaced.FAILS) {
      return true; // else reading it tells
    }
    return store
        .find(found.path())
        .filter(now ->
            candidate.growth() == Growth.SETTLED ? now.equals(found) : now.bytes() >= found.bytes())
        .isPresent();
  }

  /** A file that grows turned out to be another than the one that was read before. */
  void replaced(FoundFile file) {
    long now = clock.nanos();
    Seen last = seen.getOrDefault(file.path(), Seen.first(file, now));
    seen.put(file.path(), last.replaced(now));
  }

  /** A file was another when it was read. Returns whether that was so before, as it is listed. */
  boolean isReplacedAgain(FoundFile file) {
    return file.equals(replaced.put(file.path(), file));
  }

  /** The rest of a file cannot be read; it is not tried again before it changes. */
  void giveUp(FoundFile file) {
    givenUp.put(file.path(), file);
  }

  /** What became of a file is known now. */
  void known(FoundFile file) {
    seen.computeIfPresent(file.path(), (_, last) -> last.known());
  }

  /**
   * A file was read that may grow: it is left alone for a while, so that it takes a part of the
   * time only, however long its beginning is.
   *
   * @param hashNanos how long it took to see whether that is still the same
   */
  void hold(FoundFile file, Growth growth, long hashNanos) {
    long least = growth == Growth.SETTLED ? 0 : settings.settle().toNanos();
    long pause = Math.max(least, hashNanos * OTHERS_SHARE);
    if (pause > HOLD_NANOS_MIN) {
      held.put(file.path(), clock.nanos() + pause);
    }
  }

  /**
   * A file could not be read to its end. Returns whether it may get the rest yet; then it is left
   * alone until it changes, or its time is over.
   */
  boolean waitsForRest(FoundFile file, String reason) {
    Seen first = seen.get(file.path());
    long now = clock.nanos();
    if (first == null || !first.file().equals(file)) {
      first = Seen.first(file, now);
    }
    long until = first.nanos() + settings.patience().toNanos();
    if (until - now <= 0) {
      seen.remove(file.path());
      return false;
    }
    seen.put(file.path(), first.with(new Trouble(reason, until)));
    return true;
  }

  /**
   * A file that stands in quarantine, while it stands in the folder.
   *
   * @param leftAlone tables of whose files none is meant
   */
  Optional<String> quarantined(KnownFiles known, Set<String> leftAlone) {
    return known.quarantined().stream()
        .filter(quarantined -> !leftAlone.contains(quarantined.file().table()))
        .filter(quarantined -> mayBeThere(quarantined.file().path()))
        .map(quarantined ->
            quarantined.file().path()
                + " is quarantined: none of its rows "
                + (quarantined.hasTaken() ? "behind row " + quarantined.place().row() + " " : "")
                + "was taken. 'freshet log dump --rows' shows why; replace the file, or take it"
                + " away")
        .findFirst();
  }

  /** Whether a file was there when it was looked at last, or that cannot be told. */
  private boolean mayBeThere(String path) {
    return listed.contains(path) || !unreadable.isEmpty();
  }

  /** Why files wait; empty when none does. */
  Optional<String> trouble() {
    return seen.values().stream()
        .flatMap(each -> trouble(each).map(reason -> each.file().path() + " " + reason).stream())
        .min(Comparator.naturalOrder())
        .or(() -> unreadable.stream().map(each -> "cannot look into " + each).findFirst());
  }

  private Optional<String> trouble(Seen file) {
    if (file.isReplaced()) {
      return Optional.of(
          "is not the file that was read before, and goes on growing: it is read from its start"
              + " when it has done nothing else for as long as wait-for-rest says, or stays as it"
              + " is");
    }
    return file.trouble().map(trouble -> "waits for its rest: " + trouble.reason());
  }

  /** Bytes of files that are not read yet, as they were looked at last. */
  long waitingBytes() {
    return waitingBytes;
  }
}
