package dev.freshet.lake;

import dev.freshet.lake.catalog.DirectExecutor;
import dev.freshet.lake.catalog.StagedTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Snapshot;

/**
 * Forgets old snapshots, so that metadata does not grow for ever.
 *
 * <p>Iceberg deletes a file when an expired snapshot took it out of the table. A Puffin file holds
 * the vectors of several data files, so that one vector may have left while another is in use: such
 * a file stays until the snapshot that took its last vector out expires.
 */
final class Expiry {
  /** Snapshots past the limit before some are expired, so that it is not done at each publish. */
  private static final int SLACK = 20;

  private static final String VECTORS = ".puffin";

  private Expiry() {}

  static void run(StagedTable table, int retained) {
    Snapshot current = table.current().currentSnapshot();
    if (current == null || table.current().snapshots().size() < retained + SLACK) {
      return;
    }
    List<String> left = new ArrayList<>();
    table
        .table()
        .expireSnapshots()
        .expireOlderThan(current.timestampMillis() + 1)
        .retainLast(retained)
        .planWith(DirectExecutor.INSTANCE)
        .executeDeleteWith(DirectExecutor.INSTANCE)
        .deleteWith(left::add)
        .commit();
    if (left.stream().anyMatch(location -> location.endsWith(VECTORS))) {
      left.removeAll(vectorsInUse(table));
    }
    left.forEach(table.files()::deferDelete);
  }

  /** The files of vectors that the retained snapshots need. */
  private static Set<String> vectorsInUse(StagedTable table) {
    Set<String> read = new HashSet<>();
    Set<String> locations = new HashSet<>();
    for (Snapshot snapshot : table.current().snapshots()) {
      for (ManifestFile manifest : snapshot.deleteManifests(table.io())) {
        if (read.add(manifest.path())) {
          addLive(table, manifest, locations);
        }
      }
    }
    return locations;
  }

  private static void addLive(StagedTable table, ManifestFile manifest, Set<String> locations) {
    try (ManifestReader<DeleteFile> reader =
        ManifestFiles.readDeleteManifest(manifest, table.io(), table.current().specsById())) {
      for (DeleteFile vector : reader) {
        locations.add(vector.location());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
