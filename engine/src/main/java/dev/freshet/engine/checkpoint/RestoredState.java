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
 * The state of one checkpoint. Opening it reads all of it once and checks every block, so that
 * damage is found before anything follows from it; what then stays in memory is where the pieces
 * lie and a filter of each. The rows are read when they are first asked for. Immutable.
 */
final class RestoredState {
  private final Manifest manifest;
  private final StateMemory memory;
  private final Map<Place, StoredRun> runs;

  private record StoredRun(StoredFile file, List<StoredPiece> pieces) {}

  private RestoredState(Manifest manifest, StateMemory memory, Map<Place, StoredRun> runs) {
    this.manifest = manifest;
    this.memory = memory;
    this.runs = runs;
  }

  /**
   * @param workers share the reading
   * @throws dev.freshet.core.error.FreshetException when a file is missing or damaged, or cannot be
   *     read
   */
  static RestoredState open(
      Storage storage, String directory, Manifest manifest, StateMemory memory, Workers workers) {
    Map<Long, StoredFile> files = new HashMap<>();
    try {
      return open(storage, directory, manifest, memory, workers, files);
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
      Map<Long, StoredFile> files) {
    List<Place> places = List.copyOf(manifest.places());
    for (Place place : places) {
      files.computeIfAbsent(
          place.file(),
          number -> StoredFile.open(storage, path(directory, number), memory.openFiles()));
    }
    List<StoredRun> found =
        workers.map(
            places.size(),
            i ->
                run(
                    directory,
                    places.get(i),
                    Objects.requireNonNull(files.get(places.get(i).file()))));
    Map<Place, StoredRun> runs = new LinkedHashMap<>();
    for (int i = 0; i < places.size(); i++) {
      runs.put(places.get(i), found.get(i));
    }
    return new RestoredState(manifest, memory, runs);
  }

  private static String path(String directory, long number) {
    return (directory.isEmpty() ? "" : directory + "/") + CheckpointFiles.runs(number);
  }

  private static StoredRun run(String directory, Place place, StoredFile file) {
    var position =
        new RunFile.Position(path(directory, place.file()), place.position(), place.length());
    return new StoredRun(file, StoredPiece.of(file.reader(), position));
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
