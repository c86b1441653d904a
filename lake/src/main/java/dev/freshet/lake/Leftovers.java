package dev.freshet.lake;

import dev.freshet.core.port.Storage;
import dev.freshet.lake.catalog.CatalogFile;
import dev.freshet.lake.catalog.StagedTable;
import dev.freshet.lake.files.LakeFiles;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Files that no published version needs. */
final class Leftovers {
  private static final String ROOT = "lake";
  private static final Pattern WRITTEN = Pattern.compile("v(\\d{1,18})-.*");
  private static final Pattern METADATA = Pattern.compile("v(\\d{1,18})\\.metadata\\.json");

  private Leftovers() {}

  /**
   * Deletes what was written for versions after the published one, and what the published one said
   * to delete. Files that Freshet did not name stay.
   */
  static void remove(Storage storage, CatalogFile catalog) {
    catalog.deletes().forEach(storage::delete);
    forEachFile(
        storage,
        ROOT,
        path -> {
          if (versionOf(path.substring(path.lastIndexOf('/') + 1)) > catalog.version()) {
            storage.delete(path);
          }
        });
  }

  /** Marks all files of a table for deletion. */
  static void deferAll(LakeFiles files, String table) {
    for (String part : new String[] {"/data", "/metadata"}) {
      forEachFile(
          files.storage(),
          StagedTable.directory(table) + part,
          path -> files.deferDelete(files.location(path)));
    }
  }

  /** The version that wrote a file of this name; -1 when that cannot be told. */
  private static long versionOf(String name) {
    Matcher written = WRITTEN.matcher(name);
    if (written.matches()) {
      return Long.parseLong(written.group(1));
    }
    Matcher metadata = METADATA.matcher(name);
    return metadata.matches() ? StagedTable.versionOfHint(Long.parseLong(metadata.group(1))) : -1;
  }

  /** Names of our directories have no dot, names of our files have one. */
  private static void forEachFile(Storage storage, String directory, Consumer<String> action) {
    for (String name : storage.list(directory)) {
      String path = directory + "/" + name;
      if (name.contains(".")) {
        action.accept(path);
      } else {
        forEachFile(storage, path, action);
      }
    }
  }
}
