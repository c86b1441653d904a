package dev.freshet.engine.checkpoint;

import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.engine.arrangement.Chain;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.checkpoint.Manifest.Place;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Consumer;

/**
 * The checkpoints of one engine in one directory. A checkpoint writes the runs that no earlier one
 * has written into one new file, then replaces the manifest in one step, then deletes files that
 * the manifest does not name. A file of which less than half is still in use is given up: its runs
 * are written again, so that the directory stays below about twice the state's size.
 *
 * <pre>
 * directory/manifest            the newest complete checkpoint
 * directory/state-0000000000000007.run
 * </pre>
 *
 * <p>Safe for all threads; checkpoints of one directory are written one after the other.
 */
public final class CheckpointDirectory {
  private static final String MANIFEST = "manifest";
  private static final String PREFIX = "state-";
  private static final String SUFFIX = ".run";

  private final Storage storage;
  private final String directory;
  private final StateMemory memory;
  private final Optional<Manifest> restored;

  /**
   * By identity; weak, so that a chain merged away since the last checkpoint does not stay in
   * memory.
   */
  private final Map<Chain, Place> written = new WeakHashMap<>();

  private final Map<Long, Long> fileBytes = new HashMap<>();
  private long nextFile;

  private CheckpointDirectory(Storage storage, String directory, StateMemory memory) {
    this.storage = storage;
    this.directory = directory;
    this.memory = memory;
    storage.createDirectories(directory);
    this.restored =
        storage.exists(path(MANIFEST))
            ? Optional.of(Manifest.of(storage.readAll(path(MANIFEST))))
            : Optional.empty();
    for (String name : storage.list(directory)) {
      fileNumber(name).ifPresent(number -> nextFile = Math.max(nextFile, number + 1));
    }
  }

  /** Opens a directory with or without a checkpoint. */
  public static CheckpointDirectory open(Storage storage, String directory) {
    return open(storage, directory, StateMemory.UNLIMITED);
  }

  /**
   * As above.
   *
   * @param memory takes state that is read back, and lets it lie on disk when there is too much
   */
  public static CheckpointDirectory open(Storage storage, String directory, StateMemory memory) {
    return new CheckpointDirectory(storage, directory, memory);
  }

  /** Whether this is the directory of that name in that storage. */
  public boolean isAt(Storage otherStorage, String otherDirectory) {
    return storage.equals(otherStorage) && directory.equals(otherDirectory);
  }

  /** The step of the checkpoint that was there at opening; 0 for none. */
  public long step() {
    return restored.map(Manifest::step).orElse(0L);
  }

  /** The processing time of that step. */
  public long micros() {
    return restored.map(Manifest::micros).orElse(0L);
  }

  /** The caller's bytes of the checkpoint that was there at opening; empty for none. */
  public byte[] userData() {
    return restored.map(Manifest::userData).orElse(new byte[0]).clone();
  }

  /** Whether the checkpoint that was there at opening has an operator's state. */
  public boolean has(String fingerprint) {
    return restored
        .map(Manifest::operators)
        .filter(all -> all.containsKey(fingerprint))
        .isPresent();
  }

  /**
   * An operator's state in the checkpoint that was there at opening.
   *
   * @param orders the orders of the parts of its state
   */
  public synchronized Optional<List<RunList>> find(String fingerprint, List<RowOrder> orders) {
    List<List<Place>> parts =
        restored.map(Manifest::operators).map(all -> all.get(fingerprint)).orElse(null);
    if (parts == null || parts.size() != orders.size()) {
      return Optional.empty();
    }
    List<RunList> state = new ArrayList<>(parts.size());
    for (int p = 0; p < parts.size(); p++) {
      List<Chain> runs = new ArrayList<>();
      for (Place place : parts.get(p)) {
        Chain chain = read(place, orders.get(p));
        written.put(chain, place);
        fileBytes.computeIfAbsent(place.file(), number -> storage.size(path(fileName(number))));
        runs.add(chain);
      }
      state.add(RunList.of(orders.get(p), runs));
    }
    return Optional.of(state);
  }

  private Chain read(Place place, RowOrder order) {
    String path = path(fileName(place.file()));
    try (Storage.File file = storage.openRead(path)) {
      RunFile.checkHeader(file, path);
      Chain chain =
          RunFile.readChain(
              file,
              new RunFile.Position(path, place.position(), place.length()),
              order,
              piece -> memory.wasRestored(order, piece));
      memory.wasRestored(chain);
      return chain;
    }
  }

  /** Writes a checkpoint; when this returns it is durable. */
  public synchronized void write(
      long step, long micros, byte[] userData, Map<String, List<RunList>> operators) {
    Map<Chain, Place> places = reusable(operators);
    writeNew(operators, places);
    Map<String, List<List<Place>>> named = new LinkedHashMap<>();
    operators.forEach((fingerprint, state) ->
        named.put(
            fingerprint,
            state.stream().map(list -> list.chains().stream().map(places::get).toList()).toList()));
    Manifest manifest = new Manifest(step, micros, userData, named);
    storage.writeAtomically(path(MANIFEST), manifest.toBytes());
    written.clear();
    written.putAll(places);
    deleteUnnamed(places);
  }

  /** Runs that lie in files of which enough is still in use. */
  private Map<Chain, Place> reusable(Map<String, List<RunList>> operators) {
    Map<Chain, Place> known = new IdentityHashMap<>();
    Map<Long, Long> used = new HashMap<>();
    forEachChain(
        operators,
        chain -> {
          Place place = written.get(chain);
          if (place != null && known.put(chain, place) == null) {
            used.merge(place.file(), place.length(), Long::sum);
          }
        });
    known
        .values()
        .removeIf(place ->
            2 * used.getOrDefault(place.file(), 0L) < fileBytes.getOrDefault(place.file(), 0L));
    return known;
  }

  private void writeNew(Map<String, List<RunList>> operators, Map<Chain, Place> places) {
    Set<Chain> missing = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Chain> ordered = new ArrayList<>();
    forEachChain(
        operators,
        chain -> {
          if (!places.containsKey(chain) && missing.add(chain)) {
            ordered.add(chain);
          }
        });
    if (ordered.isEmpty()) {
      return;
    }
    long number = nextFile++;
    long position = RunFile.HEADER_BYTES;
    try (Storage.File file = storage.create(path(fileName(number)))) {
      RunFile.writeHeader(file);
      for (Chain chain : ordered) {
        long length = RunFile.write(file, position, chain);
        places.put(chain, new Place(number, position, length));
        position += length;
      }
      file.sync();
    } catch (FreshetException e) {
      discard(number, e);
      throw e;
    }
    storage.syncDirectory(directory);
    fileBytes.put(number, position);
    // Durable, so the next attempt need not write them again if the manifest cannot be written.
    ordered.forEach(chain -> written.put(chain, places.get(chain)));
  }

  /** No manifest names the file: when the disk is full, what attempts leave must not add up. */
  private void discard(long number, FreshetException cause) {
    try {
      storage.delete(path(fileName(number)));
    } catch (FreshetException e) {
      cause.addSuppressed(e);
    }
  }

  private static void forEachChain(Map<String, List<RunList>> operators, Consumer<Chain> action) {
    operators.values().forEach(state -> state.forEach(list -> list.chains().forEach(action)));
  }

  private void deleteUnnamed(Map<Chain, Place> places) {
    Set<Long> named = new HashSet<>();
    places.values().forEach(place -> named.add(place.file()));
    boolean deleted = false;
    for (String name : storage.list(directory)) {
      Optional<Long> number = fileNumber(name);
      if (number.isPresent() && !named.contains(number.get())) {
        storage.delete(path(name));
        fileBytes.remove(number.get());
        deleted = true;
      }
    }
    if (deleted) {
      storage.syncDirectory(directory);
    }
  }

  private String path(String name) {
    return directory.isEmpty() ? name : directory + "/" + name;
  }

  private static String fileName(long number) {
    return PREFIX + String.format("%016x", number) + SUFFIX;
  }

  private static Optional<Long> fileNumber(String name) {
    if (!name.startsWith(PREFIX) || !name.endsWith(SUFFIX)) {
      return Optional.empty();
    }
    try {
      String digits = name.substring(PREFIX.length(), name.length() - SUFFIX.length());
      return Optional.of(Long.parseLong(digits, 16));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
