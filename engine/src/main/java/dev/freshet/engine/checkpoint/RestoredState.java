package dev.freshet.engine.checkpoint;

import dev.freshet.core.port.Storage;
import dev.freshet.engine.arrangement.Chain;
import dev.freshet.engine.arrangement.Piece;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.checkpoint.Manifest.Place;
import dev.freshet.engine.checkpoint.StoredPiece.Sorting;
import dev.freshet.engine.workers.Workers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The state of one checkpoint: where its pieces lie, and a filter of each. The rows are read when
 * they are first asked for, and every block is checked whenever it is read. Immutable.
 *
 * <p>Of a state that is small, or that may be damaged, the opening reads and checks every block, so
 * that damage is found before anything follows from it. Of a larger one it reads the index of each
 * file; {@link #check} reads the rest.
 */
final class RestoredState {
  private final Manifest manifest;
  private final StateMemory memory;
  private final Map<Place, StoredRun> runs;
  private final List<Unread> unread;

  /** A run of which the opening read no more than its index. */
  private record Unread(StoredFile file, RunFile.Position position) {}

  private record StoredRun(StoredFile file, List<StoredPiece> pieces) {}

  private RestoredState(
      Manifest manifest, StateMemory memory, Map<Place, StoredRun> runs, List<Unread> unread) {
    this.manifest = manifest;
    this.memory = memory;
    this.runs = runs;
    this.unread = unread;
  }

  /**
   * @param workers share the reading
   * @param readBytes of a state of at most so many bytes every block is read and checked
   * @throws dev.freshet.core.error.FreshetException when a file is missing or damaged, or cannot be
   *     read
   */
  static RestoredState open(
      Storage storage,
      String directory,
      Manifest manifest,
      StateMemory memory,
      Workers workers,
      long readBytes) {
    Map<Long, StoredFile> files = new HashMap<>();
    try {
      return open(storage, directory, manifest, memory, workers, readBytes, files);
    } catch (RuntimeException | Error e) {
      files.values().forEach(StoredFile::close);
      throw e;
    }
  }

  private static RestoredState open(
      Storage storage,
      String directory,
      Manifest manifest,
      StateMemory memory,
      Workers workers,
      long readBytes,
      Map<Long, StoredFile> files) {
    List<Place> places = List.copyOf(manifest.places());
    for (Place place : places) {
      files.computeIfAbsent(
          place.file(),
          number ->
              StoredFile.open(
                  storage, path(directory, CheckpointFiles.runs(number)), memory.openFiles()));
    }
    Map<Place, List<StoredPiece>> known =
        places.stream().mapToLong(Place::length).sum() <= readBytes
            ? Map.of()
            : indexed(storage, directory, files);
    List<StoredRun> found =
        workers.map(
            places.size(),
            i -> {
              Place place = places.get(i);
              StoredFile file = Objects.requireNonNull(files.get(place.file()));
              List<StoredPiece> pieces = known.get(place);
              return new StoredRun(
                  file,
                  pieces == null
                      ? StoredPiece.of(file.reader(), position(directory, place))
                      : pieces);
            });
    Map<Place, StoredRun> runs = new LinkedHashMap<>();
    List<Unread> unread = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      Place place = places.get(i);
      runs.put(place, found.get(i));
      if (known.containsKey(place)) {
        requireLength(found.get(i).file(), position(directory, place));
        unread.add(new Unread(found.get(i).file(), position(directory, place)));
      }
    }
    return new RestoredState(manifest, memory, runs, unread);
  }

  private static Map<Place, List<StoredPiece>> indexed(
      Storage storage, String directory, Map<Long, StoredFile> files) {
    Map<Place, List<StoredPiece>> pieces = new HashMap<>();
    for (long number : files.keySet()) {
      String index = path(directory, CheckpointFiles.index(number));
      String runs = path(directory, CheckpointFiles.runs(number));
      RunIndex.find(storage, index, number, runs).ifPresent(found -> pieces.putAll(found.pieces()));
    }
    return pieces;
  }

  private static void requireLength(StoredFile file, RunFile.Position run) {
    if (file.reader().size() < run.end()) {
      throw RunFile.damaged(run.path(), file.reader().size(), "it ends early");
    }
  }

  private static String path(String directory, String name) {
    return directory.isEmpty() ? name : directory + "/" + name;
  }

  private static RunFile.Position position(String directory, Place place) {
    String path = path(directory, CheckpointFiles.runs(place.file()));
    return new RunFile.Position(path, place.position(), place.length());
  }

  /** Whether the opening read all blocks. */
  boolean isChecked() {
    return unread.isEmpty();
  }

  /**
   * Reads and checks the blocks that the opening did not.
   *
   * @throws dev.freshet.core.error.FreshetException when one is damaged or cannot be read
   */
  void check() {
    for (Unread run : unread) {
      BlockReader blocks = new BlockReader(run.file().reader(), run.position());
      while (blocks.hasNext()) {
        memory.openFiles().read(blocks::next);
      }
    }
  }

  Manifest manifest() {
    return manifest;
  }

  /**
   * An operator's state.
   *
   * @param found is told where each chain lies
   */
  Optional<List<RunList>> find(
      String fingerprint, List<RowOrder> orders, BiConsumer<Chain, Place> found) {
    List<List<Place>> parts = manifest.operators().get(fingerprint);
    if (parts == null || parts.size() != orders.size()) {
      return Optional.empty();
    }
    List<RunList> state = new ArrayList<>(parts.size());
    for (int p = 0; p < parts.size(); p++) {
      List<Chain> chains = new ArrayList<>();
      for (Place place : parts.get(p)) {
        Chain chain = chain(Objects.requireNonNull(runs.get(place)), orders.get(p));
        found.accept(chain, place);
        chains.add(chain);
      }
      state.add(RunList.of(orders.get(p), chains));
    }
    return Optional.of(state);
  }

  private Chain chain(StoredRun run, RowOrder order) {
    if (!run.pieces().isEmpty() && run.pieces().getFirst().sorting() == Sorting.UNSORTED) {
      return unsorted(run, order);
    }
    List<Piece> pieces = new ArrayList<>();
    for (StoredPiece stored : run.pieces()) {
      var place = run.file().place(stored.position(), stored.blocks(), order.schema(), memory);
      Piece piece = new Piece(stored.facts(), place);
      if (memory.isReadAtOnce(stored.position().length())) {
        piece.rows();
      }
      pieces.add(piece);
    }
    return Chain.of(pieces);
  }

  private Chain unsorted(StoredRun run, RowOrder order) {
    StoredPiece piece = run.pieces().getFirst();
    Piece.Facts facts = piece.facts();
    var place = run.file().unsortedPlace(piece.position(), order, memory);
    return memory.isReadAtOnce(facts.bytes()) && memory.reserve(facts.bytes())
        ? Chain.unsorted(order, place.read())
        : Chain.unsorted(order, facts.rowCount(), facts.weight(), facts.bytes(), place);
  }
}
