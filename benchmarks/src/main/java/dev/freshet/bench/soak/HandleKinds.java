package dev.freshet.bench.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a process has open: how many of each kind. Files whose names differ only in numbers are of
 * one kind.
 */
record HandleKinds(TreeMap<String, Integer> counts) {
  private static final String NUMBER = "[0-9a-f]{8,}|\\d+";

  static HandleKinds of(Collection<String> files) {
    TreeMap<String, Integer> counts = new TreeMap<>();
    files.forEach(file -> counts.merge(file.replaceAll(NUMBER, "N"), 1, Integer::sum));
    return new HandleKinds(counts);
  }

  static HandleKinds of(long pid) throws IOException {
    List<String> files = new ArrayList<>();
    try (Stream<Path> handles = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      for (Path handle : handles.toList()) {
        try {
          files.add(Files.readSymbolicLink(handle).toString());
        } catch (NoSuchFileException e) {
          continue; // closed meanwhile
        }
      }
    }
    return of(files);
  }

  /** A line a kind, that which has grown most first. */
  String since(HandleKinds before) {
    Set<String> kinds = new TreeSet<>(counts.keySet());
    kinds.addAll(before.counts.keySet());
    Comparator<String> byGrowth = Comparator.comparingInt(kind -> before.count(kind) - count(kind));
    return kinds.stream()
        .sorted(byGrowth)
        .map(kind ->
            String.format(
                Locale.ROOT,
                "%+d, now %d: %s",
                count(kind) - before.count(kind),
                count(kind),
                kind))
        .collect(Collectors.joining("\n"));
  }

  private int count(String kind) {
    return counts.getOrDefault(kind, 0);
  }
}
