package dev.freshet.files;

import dev.freshet.files.FilePosition.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The files that were read, and what became of them; and the contents that files had before they
 * were changed, so that a copy of one is known. Guarded by its owner.
 */
final class KnownFiles {
  /** The oldest beyond it are forgotten when they are gone; some 300 bytes of memory each. */
  static final int FILES_MAX = 1_000_000;

  /** Contents that no known file has any more. */
  static final int PAST_MAX = 100_000;

  private final Map<String, FilePosition> byPath = new LinkedHashMap<>();
  private final Map<Content, Taken> contents = new HashMap<>();
  private final Set<Content> past = new LinkedHashSet<>();
  private final Set<String> quarantined = new LinkedHashSet<>();
  private final Set<String> unfinished = new LinkedHashSet<>();
  private final int max;
  private final int pastMax;
  private long lastNumber;
  private long lastMicros;

  private record Content(String table, Digest digest) {
    Content(FilePosition position) {
      this(position.file().table(), position.file().digest());
    }
  }

  /** How far a content was read, by whatever file, and how many known files have it. */
  private static final class Taken {
    private FilePosition furthest;
    private int files;

    Taken(FilePosition furthest) {
      this.furthest = furthest;
    }
  }

  KnownFiles() {
    this(FILES_MAX, PAST_MAX);
  }

  KnownFiles(int max, int pastMax) {
    this.max = max;
    this.pastMax = pastMax;
  }

  /** The number of the last change set; 0 before the first. */
  long lastNumber() {
    return lastNumber;
  }

  /** When the last change set came in, microseconds since the epoch; 0 when that is not known. */
  long lastMicros() {
    return lastMicros;
  }

  Optional<FilePosition> find(String path) {
    return Optional.ofNullable(byPath.get(path));
  }

  /** How far this content was read, by whatever file. */
  Optional<FilePosition> furthest(String table, Digest digest) {
    return Optional.ofNullable(contents.get(new Content(table, digest)))
        .map(taken -> taken.furthest);
  }

  /** As {@link #learn(FilePosition)}, of a change set that came in then. */
  void learn(FilePosition position, long micros) {
    learn(position);
    lastMicros = micros;
  }

  void learn(FilePosition position) {
    String path = position.file().path();
    forget(path);
    byPath.put(path, position);
    lastNumber = Math.max(lastNumber, position.number());
    if (position.outcome() == Outcome.QUARANTINED) {
      quarantined.add(path);
    } else if (position.outcome() == Outcome.READING) {
      unfinished.add(path);
    }
    if (position.hasTaken()) {
      Content content = new Content(position);
      take(content, position).files++;
      past.remove(content);
    }
    trimPast();
  }

  /** What is known goes up to the change set of this number, which came in then. */
  void reachesTo(long number, long micros) {
    lastNumber = Math.max(lastNumber, number);
    lastMicros = micros;
  }

  /** A content that no file has any more. */
  void learnPast(FilePosition position) {
    Content content = new Content(position);
    if (take(content, position).files == 0) {
      past.add(content);
    }
    trimPast();
  }

  private Taken take(Content content, FilePosition position) {
    Taken taken = contents.computeIfAbsent(content, _ -> new Taken(position));
    FilePosition known = taken.furthest;
    boolean isFurther =
        !known.isComplete()
            && (position.isComplete() || position.place().row() >= known.place().row());
    if (isFurther) {
      taken.furthest = position;
    }
    return taken;
  }

  private void forget(String path) {
    FilePosition before = byPath.remove(path);
    quarantined.remove(path);
    unfinished.remove(path);
    if (before != null && before.hasTaken()) {
      Content content = new Content(before);
      Taken taken = contents.get(content);
      if (taken != null && --taken.files == 0) {
        past.add(content);
      }
    }
  }

  private void trimPast() {
    Iterator<Content> oldest = past.iterator();
    while (past.size() > pastMax) {
      contents.remove(oldest.next());
      oldest.remove();
    }
  }

  /**
   * Forgets the oldest where they are too many, but none of those that are there: they would be
   * read again.
   */
  void forgetGone(Set<String> there) {
    int tooMany = byPath.size() - max;
    if (tooMany > 0) {
      byPath.keySet().stream()
          .filter(path -> !there.contains(path) && !unfinished.contains(path))
          .limit(tooMany)
          .toList()
          .forEach(this::forget);
    }
  }

  /** A copy of what became of all files, that others may read. */
  List<FilePosition> copy() {
    return new ArrayList<>(byPath.values());
  }

  /** A copy of the contents that no file has any more. */
  List<FilePosition> copyPast() {
    return past.stream()
        .flatMap(content -> furthest(content.table(), content.digest()).stream())
        .toList();
  }

  /** Those none of whose rows was taken, or none behind a place. */
  Collection<FilePosition> quarantined() {
    return positions(quarantined);
  }

  /** Those more of whose rows are to be delivered. */
  Collection<FilePosition> unfinished() {
    return positions(unfinished);
  }

  boolean isUnfinished(String path) {
    return unfinished.contains(path);
  }

  private List<FilePosition> positions(Set<String> paths) {
    return paths.stream().flatMap(path -> find(path).stream()).toList();
  }
}
