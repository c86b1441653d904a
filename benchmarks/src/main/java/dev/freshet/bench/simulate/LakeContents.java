package dev.freshet.bench.simulate;

import dev.freshet.core.batch.Batch;
import dev.freshet.lake.LakeReader;
import dev.freshet.testing.simulation.ForwardingStorage;
import dev.freshet.testing.simulation.SimulatedStorage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * The rows of the lake's tables, as texts. A table is read again unless all files that its last
 * reading touched are there, byte for byte: what reading gives follows from those bytes alone, so
 * that no damage is passed over. One thread owns it.
 */
final class LakeContents {
  private final SimulatedStorage storage;
  private final Map<String, Reading> readings = new HashMap<>();

  /**
   * What one reading of a table found.
   *
   * @param pointer the table's metadata file
   * @param files the content of the files that it touched
   */
  private record Reading(String pointer, Map<String, byte[]> files, List<String> rows) {}

  LakeContents(SimulatedStorage storage) {
    this.storage = storage;
  }

  /** The lake as it is published now. */
  Published published() {
    return new Published(new Touches(storage));
  }

  /** One published version of the lake. */
  final class Published {
    private final Touches touches;
    private final LakeReader lake;
    private final Set<String> paths = Set.copyOf(storage.paths());

    private Published(Touches touches) {
      this.touches = touches;
      this.lake = LakeReader.open(touches);
    }

    long step() {
      return lake.step();
    }

    /**
     * The rows of a table.
     *
     * @param texts adds the texts of a batch's rows; always the same for one table
     */
    List<String> rows(String table, BiConsumer<Batch, List<String>> texts) {
      String pointer = lake.metadataLocation(table);
      Reading last = readings.get(table);
      if (last != null && last.pointer().equals(pointer) && isThere(last, paths)) {
        return last.rows();
      }
      touches.paths.clear();
      List<String> rows = new ArrayList<>();
      lake.read(table, batch -> texts.accept(batch, rows));
      Map<String, byte[]> files = new HashMap<>();
      touches.paths.forEach(path -> files.put(path, storage.content(path)));
      readings.put(table, new Reading(pointer, files, List.copyOf(rows)));
      return rows;
    }
  }

  private boolean isThere(Reading reading, Set<String> paths) {
    return paths.containsAll(reading.files().keySet())
        && reading.files().entrySet().stream()
            .allMatch(file -> Arrays.equals(storage.content(file.getKey()), file.getValue()));
  }

  /** Notes which files are touched. */
  private static final class Touches extends ForwardingStorage {
    private final TreeSet<String> paths = new TreeSet<>();

    Touches(SimulatedStorage storage) {
      super(storage);
    }

    @Override
    public boolean exists(String path) {
      paths.add(path);
      return super.exists(path);
    }

    @Override
    public long size(String path) {
      paths.add(path);
      return super.size(path);
    }

    @Override
    public File openRead(String path) {
      paths.add(path);
      return super.openRead(path);
    }
  }
}
