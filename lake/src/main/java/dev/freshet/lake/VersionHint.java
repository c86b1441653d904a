package dev.freshet.lake;

import dev.freshet.core.port.Storage;
import java.nio.charset.StandardCharsets;

/**
 * {@code version-hint.text} beside the metadata: tells readers that know a table only by its path
 * (Hadoop tables, DuckDB's {@code iceberg_scan}) which metadata file is current. Not synced: it is
 * written again when the lake is opened, and an old one names a table state that is still there.
 */
final class VersionHint {
  private static final String NAME = "/version-hint.text";

  private VersionHint() {}

  /** Points to a metadata file {@code .../v<number>.metadata.json}. */
  static void write(Storage storage, String metadataPath) {
    String directory = Storage.parent(metadataPath);
    String file = metadataPath.substring(directory.length() + 1);
    byte[] number = file.substring(1, file.indexOf('.')).getBytes(StandardCharsets.US_ASCII);
    String temporary = directory + NAME + ".tmp";
    storage.delete(temporary);
    try (Storage.File hint = storage.create(temporary)) {
      hint.write(0, number, 0, number.length);
    }
    storage.rename(temporary, directory + NAME);
  }
}
