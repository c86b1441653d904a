package dev.freshet.files;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The files that were read, and what became of them. Guarded by its owner. */
final class KnownFiles {
  /** The oldest beyond it are forgotten; some 300 bytes of memory each. */
  static final int FILES_MAX = 1_000_000;

  private final Map<String, FilePosition> byPath = new LinkedHashMap<>();
  private final Map<Content, String> byContent = new HashMap<>();
  private final Set<String> quarantined = new LinkedHashSet<>();
  private final int max;
  private long lastNumber;

  private record Content(String table, Digest digest) {}

  KnownFiles() {
    this(FILES_MAX);
  }

  KnownFiles(int max) {
    this.max = max;
  }

  /** The number of the last change set; 0 before the first. */
  long lastNumber() {
    return lastNumber;
  }

  Optional<FilePosition> find(String path) {
    return Optional.ofNullable(byPath.get(path));
  }

  /** The path of a file of this content that was read. */
  Optional<String> reader(String table, Digest digest) {
    return Optional.ofNullable(byContent.get(new Content(table, digest)));
  }

  void learn(FilePosition position) {
    FileIdentity file = position.file();
    forget(file.path());
    byPath.put(file.path(), position);
    lastNumber = Math.max(lastNumber, position.number());
    switch (position.outcome()) {
      case READING, DONE ->
          byContent.putIfAbsent(new Content(file.table(), file.digest()), file.path());
      case QUARANTINED -> quarantined.add(file.path());
      case ABANDONED, DUPLICATE -> {}
    }
    if (byPath.size() > max) {
      forget(byPath.keySet().iterator().next());
    }
  }

  private void forget(String path) {
    FilePosition before = byPath.remove(path);
    if (before != null) {
      byContent.remove(new Content(before.file().table(), before.file().digest()), path);
      quarantined.remove(path);
    }
  }

  /** A copy that others may read. */
  List<FilePosition> copy() {
    return new ArrayList<>(byPath.values());
  }

  /** Those none of whose rows was taken. */
  Collection<FileIdentity> quarantined() {
    return quarantined.stream()
        .flatMap(path -> find(path).stream())
        .map(FilePosition::file)
        .toList();
  }
}
