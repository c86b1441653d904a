package dev.freshet.runtime.system;

import dev.freshet.capture.generator.Dataset;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.files.FolderSample;
import dev.freshet.files.store.LocalFiles;
import dev.freshet.runtime.scaffold.FilesScaffold;
import dev.freshet.runtime.scaffold.FoundTable;
import dev.freshet.runtime.scaffold.GeneratorScaffold;
import java.nio.file.Path;
import java.util.List;

/** Makes a project from the files of a folder, or for rows that are made up. */
public final class OriginScaffold {
  /** Begins what names made-up rows, with {@code :} and the kind of data behind it or not. */
  public static final String GENERATOR = "generator";

  private static final String DATA = "orders";

  private OriginScaffold() {}

  /**
   * Looks at the files of a folder, and writes a project that reads them.
   *
   * @param from the folder with the files; the project names it from its own folder if it was named
   *     so
   * @return the paths written
   */
  public static List<String> fromFiles(Path folder, Path from) {
    List<FolderSample.Table> found = FolderSample.of(new LocalFiles(from));
    for (FolderSample.Table table : found) {
      if (table.schema().columnCount() == 0) {
        throw new FreshetException(
            ErrorCode.SOURCE_MISCONFIGURED,
            "Cannot make a project: the columns of "
                + table.name()
                + " cannot be made out"
                + (table.problem().isEmpty() ? ", its files are empty" : ": " + table.problem())
                + ". Mend the file, or take it out of "
                + from
                + ".");
      }
    }
    if (found.isEmpty()) {
      throw new FreshetException(
          ErrorCode.SOURCE_MISCONFIGURED,
          "Cannot make a project: "
              + from
              + " has no file whose name ends in .csv, .tsv, .json, .jsonl, .parquet or .avro, with"
              + " .gz or .zst behind it or not. Name a folder that has some.");
    }
    Path absolute = from.toAbsolutePath().normalize();
    String path =
        (from.isAbsolute() ? absolute : folder.toAbsolutePath().normalize().relativize(absolute))
            .toString()
            .replace('\\', '/');
    return FilesScaffold.write(
        folder,
        path,
        found.stream()
            .map(
                table -> new FoundTable(table.pattern(), table.name(), table.schema(), table.key()))
            .toList());
  }

  /**
   * Writes a project with made-up rows.
   *
   * @param from {@code generator}, or {@code generator:payments}
   * @return the paths written
   */
  public static List<String> madeUp(Path folder, String from) {
    String data = from.equals(GENERATOR) ? DATA : from.substring(GENERATOR.length() + 1);
    Dataset dataset =
        Dataset.of(data, 1)
            .orElseThrow(() ->
                new FreshetException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot make up data: "
                        + data
                        + ". Name one of "
                        + String.join(", ", Dataset.NAMES)
                        + ", as in generator:payments."));
    return GeneratorScaffold.write(
        folder, data, dataset.tables().stream().map(Dataset.Table::name).toList());
  }
}
