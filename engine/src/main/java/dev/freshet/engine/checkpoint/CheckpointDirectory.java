package dev.freshet.engine.checkpoint;

import dev.freshet.core.crash.CrashPoint;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.engine.arrangement.Chain;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.checkpoint.Manifest.Place;
import dev.freshet.engine.workers.Workers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/**
 * The checkpoints of one engine in one directory. A checkpoint writes the runs that no earlier one
 * has written into one new file, then its manifest, then deletes manifests that are older than the
 * checkpoints to keep, and then files that no kept manifest names. A file of which less than half
 * is still in use by the newest checkpoint is given up: its runs are written again, so that a
 * checkpoint names at most about twice the state's size.
 *
 * <pre>
 * directory/manifest-0000000000000007     the newest complete checkpoint
 * directory/manifest-0000000000000006     one before, kept in case the newest is damaged
 * directory/state-0000000000000007.run    runs that came with number 7, and those after it may name
 * directory/state-0000000000000007.index  what an opening has to know of them
 * directory/damage-found                  the next opening has to read all
 * </pre>
 *
 * <p>Opening checks the newest checkpoint as a whole. When it is damaged, the one before takes its
 * place, and so on; what is damaged is deleted with the next checkpoint.
 *
 * <p>Of a large state opening reads the indexes only, and the rest is checked before the next
 * checkpoint is written, so that none that may be needed is deleted meanwhile. When something
 * proves damaged then, or when it is read, nothing more is written and {@link #requireSound} fails;
 * the next opening checks everything, and takes the checkpoint before.
 *
 * <p>Safe for all threads; checkpoints of one directory are written one after the other.
 */
public final class CheckpointDirectory {
  /**
   * State of so many bytes is checked in less time than an opening takes anyway. What is not much
   * smaller than memory is checked later too, so that small memories take both ways.
   */
  private static final long CHECKED_AT_ONCE_BYTES_MOST = 16 << 20;

  private static final int CHECKED_AT_ONCE_OF_MEMORY = 16;

  /** The index of a file of more would be too much for one array of bytes. */
  private static final long INDEXED_BYTES_MOST = 64L << 30;

  private final Storage storage;
  private final String directory;
  private final long step;

  /** Of the checkpoint that was restored; 0 for none. */
  private long restoredNumber;

  private final long micros;
  private final byte[] userData;
  private volatile Optional<RestoredState> restored;
  private volatile Optional<FreshetException> damage = Optional.empty();

  /** Until it is checked; guarded by {@link #checking}. */
  private Optional<RestoredState> unchecked;

  private final Object checking = new Object();

  /** The checkpoints that may be restored, newest first. */
  private final Deque<Kept> kept = new ArrayDeque<>();

  private final List<String> damages = new ArrayList<>();

  /**
   * By identity; weak, so that a chain merged away since the last checkpoint does not stay in
   * memory.
   */
  private final Map<Chain, Place> written = new WeakHashMap<>();

  private final Map<Long, Long> fileBytes = new HashMap<>();
  private long nextNumber = 1;

  private record Kept(long number, Manifest manifest) {}

  private CheckpointDirectory(
      Storage storage,
      String directory,
      StateMemory memory,
      Workers workers,
      long checkedAtOnceBytes) {
    this.storage = storage;
    this.directory = directory;
    List<Long> numbers = new ArrayList<>();
    for (String name : storage.list(directory)) {
      OptionalLong number = CheckpointFiles.manifestNumber(name);
      number.ifPresent(numbers::add);
      number.ifPresent(this::isTaken);
      CheckpointFiles.runsNumber(name).ifPresent(this::isTaken);
      CheckpointFiles.indexNumber(name).ifPresent(this::isTaken);
    }
    numbers.sort(Collections.reverseOrder());
    boolean inDoubt = storage.exists(path(CheckpointFiles.DOUBT));
    this.restored =
        restore(numbers, memory, workers, inDoubt ? Long.MAX_VALUE : checkedAtOnceBytes);
    this.unchecked = restored.filter(state -> !state.isChecked());
    if (unchecked.isPresent()) {
      memory.openFiles().onDamage(this::foundDamage);
    }
    Optional<Manifest> found = restored.map(RestoredState::manifest);
    this.step = found.map(Manifest::step).orElse(0L);
    this.micros = found.map(Manifest::micros).orElse(0L);
    this.userData = found.map(Manifest::userData).orElse(new byte[0]).clone();
  }

  private void isTaken(long number) {
    nextNumber = Math.max(nextNumber, number + 1);
  }

  /**
   * As {@link #open(Storage, String, StateMemory, Workers)}, to write to it: no state of it is
   * found.
   */
  public static CheckpointDirectory openToWrite(Storage storage, String directory) {
    storage.createDirectories(directory);
    try (StateMemory memory = StateMemory.unlimited()) {
      CheckpointDirectory opened =
          new CheckpointDirectory(storage, directory, memory, Workers.NONE, Long.MAX_VALUE);
      opened.forgetRestored();
      return opened;
    }
  }

  /**
   * Opens a directory with or without a checkpoint. It has to be there before one is written.
   *
   * @param memory takes state that is read back, and lets it lie on disk when there is too much
   * @param workers share the reading
   * @throws FreshetException {@link ErrorCode#STORAGE_DAMAGED} when there are checkpoints and none
   *     is whole; {@link ErrorCode#FORMAT_UNKNOWN} when the newest is of a newer Freshet
   */
  public static CheckpointDirectory open(
      Storage storage, String directory, StateMemory memory, Workers workers) {
    long small =
        Math.min(CHECKED_AT_ONCE_BYTES_MOST, memory.budgetBytes() / CHECKED_AT_ONCE_OF_MEMORY);
    return new CheckpointDirectory(storage, directory, memory, workers, small);
  }

  /** Takes the newest checkpoint that is whole, and remembers those before it. */
  private Optional<RestoredState> restore(
      List<Long> numbers, StateMemory memory, Workers workers, long readBytes) {
    Optional<RestoredState> found = Optional.empty();
    Optional<FreshetException> unreadable = Optional.empty();
    for (long number : numbers) {
      String path = path(CheckpointFiles.manifest(number));
      try {
        Manifest manifest = Manifest.of(path, storage.readAll(path));
        if (found.isEmpty()) {
          found =
              Optional.of(
                  RestoredState.open(storage, directory, manifest, memory, workers, readBytes));
          this.restoredNumber = number;
        }
        kept.add(new Kept(number, manifest));
      } catch (FreshetException e) {
        if (!isDamage(e) && found.isEmpty()) {
          throw e;
        }
        damages.add(e.getMessage());
        if (e.code() == ErrorCode.STORAGE_FAILED) {
          unreadable = Optional.of(e);
        }
      }
    }
    if (found.isEmpty() && unreadable.isPresent()) {
      throw unreadable.get();
    }
    if (found.isEmpty() && !damages.isEmpty()) {
      throw new FreshetException(
          ErrorCode.STORAGE_DAMAGED,
          "Cannot read the saved state in "
              + directory
              + ": no checkpoint in it is whole. "
              + String.join(" ", damages));
    }
    return found;
  }

  /** A file that is missing, changed, or that the disk does not give back. */
  private static boolean isDamage(FreshetException e) {
    return e.code() == ErrorCode.STORAGE_DAMAGED
        || e.code() == ErrorCode.STORAGE_FAILED
        || e.code() == ErrorCode.NOT_FOUND;
  }

  /** Whether this is the directory of that name in that storage. */
  public boolean isAt(Storage otherStorage, String otherDirectory) {
    return storage.equals(otherStorage) && directory.equals(otherDirectory);
  }

  /**
   * The number of the checkpoint that was restored at opening; 0 for none. Those that are written
   * from then on have higher ones.
   */
  public long number() {
    return restoredNumber;
  }

  /** The step of the checkpoint that was restored at opening; 0 for none. */
  public long step() {
    return step;
  }

  /** The processing time of that step. */
  public long micros() {
    return micros;
  }

  /** The caller's bytes of the checkpoint that was restored at opening; empty for none. */
  public byte[] userData() {
    return userData.clone();
  }

  /** What was damaged at opening, of checkpoints newer or older than the one that was restored. */
  public List<String> damages() {
    return List.copyOf(damages);
  }

  /**
   * From now on no state of the checkpoint that was restored at opening is found: what nobody took
   * is let go of. Waits for no checkpoint that is being written.
   */
  public void forgetRestored() {
    restored = Optional.empty();
  }

  /**
   * Goes on only while nothing of the checkpoint that was restored was found damaged.
   *
   * @throws FreshetException why it was; the next opening takes the checkpoint before
   */
  public void requireSound() {
    Optional<FreshetException> found = damage;
    if (found.isPresent()) {
      throw new FreshetException(
          found.get().code(),
          found.get().getMessage()
              + " When it is opened again, the checkpoint before is taken, and more of the log is"
              + " read; nothing is lost. Look after the disk.",
          found.get());
    }
  }

  /** On any thread. */
  private void foundDamage(FreshetException cause) {
    if (!isDamage(cause) || damage.isPresent()) {
      return;
    }
    try {
      storage.writeAtomically(path(CheckpointFiles.DOUBT), new byte[0]);
    } catch (FreshetException e) {
      cause.addSuppressed(e); // an opening comes upon the damage again
    }
    damage = Optional.of(cause);
  }

  /** Checks what the opening did not; waits when another thread does. */
  private void check() {
    synchronized (checking) {
      requireSound();
      if (unchecked.isPresent()) {
        unchecked.get().check();
        unchecked = Optional.empty();
      }
    }
  }

  /** Whether the checkpoint that was restored at opening has an operator's state. */
  public boolean has(String fingerprint) {
    return restored
        .map(state -> state.manifest().operators())
        .filter(all -> all.containsKey(fingerprint))
        .isPresent();
  }

  /**
   * An operator's state in the checkpoint that was restored at opening.
   *
   * @param orders the orders of the parts of its state
   */
  public synchronized Optional<List<RunList>> find(String fingerprint, List<RowOrder> orders) {
    return restored.flatMap(state ->
        state.find(
            fingerprint,
            orders,
            (chain, place) -> {
              written.put(chain, place);
              fileBytes.computeIfAbsent(
                  place.file(), number -> storage.size(path(CheckpointFiles.runs(number))));
            }));
  }

  /**
   * Writes a checkpoint; when this returns it is durable.
   *
   * @param keep how many checkpoints to keep, this one among them
   * @return the caller's bytes of all checkpoints that are kept, newest first
   * @throws FreshetException also when the checkpoint that was restored proves damaged
   */
  public List<byte[]> write(
      long step, long micros, byte[] userData, Map<String, List<RunList>> operators, int keep) {
    check();
    return writeChecked(step, micros, userData, operators, keep);
  }

  private synchronized List<byte[]> writeChecked(
      long step, long micros, byte[] userData, Map<String, List<RunList>> operators, int keep) {
    long number = nextNumber++;
    Map<Chain, Place> places = reusable(operators);
    writeNew(number, operators, places);
    Map<String, List<List<Place>>> named = new LinkedHashMap<>();
    operators.forEach((fingerprint, state) ->
        named.put(
            fingerprint,
            state.stream().map(list -> list.chains().stream().map(places::get).toList()).toList()));
    Manifest manifest = new Manifest(step, micros, userData, named);
    CrashPoint.CHECKPOINT_WRITTEN.reached();
    storage.writeAtomically(path(CheckpointFiles.manifest(number)), manifest.toBytes());
    CrashPoint.CHECKPOINT_PUBLISHED.reached();
    written.clear();
    written.putAll(places);
    if (!kept.isEmpty() && kept.getFirst().manifest().step() == step) {
      kept.removeFirst(); // two of one step would share all that can be damaged
    }
    kept.addFirst(new Kept(number, manifest));
    while (kept.size() > keep) {
      kept.removeLast();
    }
    deleteUnneeded();
    return kept.stream().map(each -> each.manifest().userData().clone()).toList();
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

  private void writeNew(
      long number, Map<String, List<RunList>> operators, Map<Chain, Place> places) {
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
    long position = RunFile.HEADER_BYTES;
    String path = path(CheckpointFiles.runs(number));
    Map<Place, List<StoredPiece>> index = new LinkedHashMap<>();
    try (Storage.File file = storage.create(path)) {
      RunFile.writeHeader(file);
      for (Chain chain : ordered) {
        List<StoredPiece> pieces = RunFile.write(file, path, position, chain);
        long length = pieces.stream().mapToLong(piece -> piece.position().length()).sum();
        Place place = new Place(number, position, length);
        places.put(chain, place);
        index.put(place, pieces);
        position += length;
      }
      file.sync();
    } catch (FreshetException e) {
      discard(path, e);
      throw e;
    }
    writeIndex(number, new RunIndex(index));
    storage.syncDirectory(directory);
    fileBytes.put(number, position);
    // Durable, so the next attempt need not write them again if the manifest cannot be written.
    ordered.forEach(chain -> written.put(chain, places.get(chain)));
  }

  /** Without the index an opening takes longer, no more; so it is not even synced. */
  private void writeIndex(long number, RunIndex index) {
    if (index.pieces().keySet().stream().mapToLong(Place::length).sum() > INDEXED_BYTES_MOST) {
      return;
    }
    String path = path(CheckpointFiles.index(number));
    byte[] bytes = index.toBytes();
    try (Storage.File file = storage.create(path)) {
      file.write(0, bytes, 0, bytes.length);
    } catch (FreshetException e) {
      discard(path, e);
    }
  }

  /** No manifest names the file: when the disk is full, what attempts leave must not add up. */
  private void discard(String path, FreshetException cause) {
    try {
      storage.delete(path);
    } catch (FreshetException e) {
      cause.addSuppressed(e);
    }
  }

  private static void forEachChain(Map<String, List<RunList>> operators, Consumer<Chain> action) {
    operators.values().forEach(state -> state.forEach(list -> list.chains().forEach(action)));
  }

  /** Manifests first: one that stands must never name a file that is gone. */
  private void deleteUnneeded() {
    Set<Long> manifests = new HashSet<>();
    Set<Long> files = new HashSet<>();
    for (Kept each : kept) {
      manifests.add(each.number());
      each.manifest().places().forEach(place -> files.add(place.file()));
    }
    List<String> names = storage.list(directory);
    delete(names, name -> isOther(CheckpointFiles.manifestNumber(name), manifests::contains));
    delete(names, name -> isOther(CheckpointFiles.runsNumber(name), files::contains));
    delete(names, name -> isOther(CheckpointFiles.indexNumber(name), files::contains));
    delete(names, CheckpointFiles.DOUBT::equals);
    fileBytes.keySet().retainAll(files);
  }

  private static boolean isOther(OptionalLong number, LongPredicate wanted) {
    return number.isPresent() && !wanted.test(number.getAsLong());
  }

  private void delete(List<String> names, Predicate<String> unneeded) {
    boolean deleted = false;
    for (String name : names) {
      if (unneeded.test(name)) {
        storage.delete(path(name));
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
}
